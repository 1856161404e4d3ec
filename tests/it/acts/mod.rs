//! What people do, one act after another, through the API: each rule of the rulebook about acts, with what is refused and
//! how it is told. One file for each kind of act; all stand on one [`stage`].

mod absences;
mod assignments;
mod ballots;
mod comments;
mod editing;
mod editorial;
mod history;
mod instructions;
mod interests;
mod interim;
mod more_time;
mod objections;
mod odd_inputs;
mod opinions;
mod positions;
mod publishing;
mod recommendations;
mod reviews;
mod seats;
mod sections;
mod sign_offs;
mod since_signed;
pub(crate) mod stage;
mod withdrawing;
