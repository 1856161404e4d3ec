//! The people of the demonstration. Every name is invented and says so.

use crate::domain::{
    appointment::Invitee,
    directory::Login,
    role::{Discipline, Office, Post},
    text::{Line, TextProblem},
};

/// One person of the demonstration.
#[derive(Clone, Copy, Debug)]
pub struct Player {
    /// What the local issuer calls them.
    pub subject: &'static str,
    /// What others call them.
    pub name: &'static str,
    /// What they are, for whoever picks a token.
    pub role: &'static str,
    /// Their seat in the group.
    pub seat: Option<(Office, Option<Discipline>)>,
}

const fn member(subject: &'static str, name: &'static str, role: &'static str, discipline: Discipline) -> Player {
    Player { subject, name, role, seat: Some((Office::Member, Some(discipline))) }
}

const fn officer(subject: &'static str, name: &'static str, role: &'static str, office: Office) -> Player {
    Player { subject, name, role, seat: Some((office, None)) }
}

/// Everybody, in the order in which their tokens are printed.
pub const CAST: &[Player] = &[
    officer("chair", "Demo Chair", "chair", Office::Chair),
    officer("vice-chair", "Demo Vice Chair", "vice chair", Office::ViceChair),
    officer("secretariat", "Demo Secretariat", "secretariat", Office::Secretariat),
    member("surgeon-1", "Demo Surgeon One", "member, surgery", Discipline::Surgery),
    member("surgeon-2", "Demo Surgeon Two", "member, surgery", Discipline::Surgery),
    member("oncologist-1", "Demo Oncologist One", "member, oncology", Discipline::Oncology),
    member("oncologist-2", "Demo Oncologist Two", "member, oncology", Discipline::Oncology),
    member("nurse-1", "Demo Nurse One", "member, nursing", Discipline::Nursing),
    member("nurse-2", "Demo Nurse Two", "member, nursing", Discipline::Nursing),
    member("radiologist-1", "Demo Radiologist One", "member, radiology", Discipline::Radiology),
    member("radiologist-2", "Demo Radiologist Two", "member, radiology", Discipline::Radiology),
    member("pathologist-1", "Demo Pathologist One", "member, pathology", Discipline::Pathology),
    member("pathologist-2", "Demo Pathologist Two", "member, pathology", Discipline::Pathology),
    member("geneticist-1", "Demo Geneticist One", "member, genetics", Discipline::Genetics),
    member("geneticist-2", "Demo Geneticist Two", "member, genetics", Discipline::Genetics),
    member("patient-1", "Demo Patient Representative One", "member, patients", Discipline::PatientRepresentative),
    member("patient-2", "Demo Patient Representative Two", "member, patients", Discipline::PatientRepresentative),
    member("commissioner-1", "Demo Commissioner One", "member, commissioning", Discipline::Commissioning),
    officer("adviser", "Demo Adviser", "adviser", Office::Adviser),
    Player { subject: "editor", name: "Demo Editor", role: "editor of the document", seat: None },
    Player { subject: "partner", name: "Demo Partner", role: "partner organisation", seat: None },
];

impl Player {
    /// The person as they are invited under an issuer.
    pub fn invitee(&self, issuer: &str) -> Result<Invitee, TextProblem> {
        Ok(Invitee { login: self.login(issuer), name: Line::new(self.name)? })
    }

    /// The log-in they come with.
    pub fn login(&self, issuer: &str) -> Login {
        Login { issuer: issuer.to_owned(), subject: self.subject.to_owned() }
    }

    /// The body that they belong to.
    pub fn body(&self) -> Option<&'static str> {
        match self.subject {
            "adviser" => Some("Radiotherapy Clinical Reference Group"),
            "partner" => Some("Wessex Cancer Alliance"),
            _ => None,
        }
    }

    /// Their seat, as a post.
    pub fn post(&self) -> Option<Post> {
        let (office, discipline) = self.seat?;
        Post::new(office, discipline).ok()
    }

    /// The discipline they sign for.
    pub fn discipline(&self) -> Option<Discipline> {
        self.seat?.1
    }
}
