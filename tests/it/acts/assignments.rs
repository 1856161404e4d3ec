//! Cells handed to single seats, and how much a seat takes on.

use serde_json::{Value, json};

use super::stage::{Stage, with, without};
use crate::harness::{
    on_both_databases,
    world::{User, World},
};

const CELLS: &str = "review { cells { section { key } discipline assignedSeats { holder { name } } } }";

/// The rota's nursing, handed to these.
async fn rota(stage: &Stage<'_>, to: &[&str]) -> Value {
    let mut seats = Vec::new();
    for name in to {
        seats.push(stage.seat(name).await);
    }
    with(without(stage.at("rota").await, "digest"), json!({ "discipline": "NURSING", "seatIds": seats }))
}

/// The keys of the sections that wait for somebody, and whether each was handed to them.
async fn waiting(user: &User<'_>) -> Vec<(String, bool)> {
    let data = user.ask("{ viewer { tasks { section { key } isAssigned } } }", json!({})).await.data();
    let tasks = data["viewer"]["tasks"].as_array().expect("tasks").clone();
    let task = |task: &Value| (task["section"]["key"].as_str().expect("a key").to_owned(), task["isAssigned"] == true);
    tasks.iter().map(task).collect()
}

fn keys(tasks: &[(String, bool)]) -> Vec<&str> {
    tasks.iter().map(|(key, _)| key.as_str()).collect()
}

on_both_databases! {
    async fn the_lead_hands_a_cell_to_a_seat_who_is_asked_and_the_others_still_may_sign(world: World) {
        let stage = Stage::in_review(&world).await;
        let lead = json!({ "seatId": stage.seat("nurse").await });
        assert_eq!(stage.nurse.run("assignCell", rota(&stage, &["second-nurse"]).await, CELLS).await.error_code(), "FORBIDDEN");
        stage.secretariat.run("appointLead", lead, "seat { id }").await.done();
        assert_eq!(keys(&waiting(&stage.nurse).await), ["clinic", "rota"]);
        let handed = stage.nurse.run("assignCell", rota(&stage, &["second-nurse"]).await, CELLS).await.done();
        let cells = handed["review"]["cells"].as_array().expect("cells").clone();
        let cell = cells.iter().find(|cell| cell["section"]["key"] == "rota").expect("a cell");
        assert_eq!(cell["assignedSeats"], json!([{ "holder": { "name": "second-nurse" } }]));
        assert_eq!(keys(&waiting(&stage.nurse).await), ["clinic"]);
        let of_second = waiting(&stage.second_nurse).await;
        assert!(of_second.contains(&("rota".to_owned(), true)) && of_second.contains(&("clinic".to_owned(), false)));
        let told = stage.second_nurse.ask("{ viewer { notices(first: 1) { nodes { kind } } } }", json!({})).await.data();
        assert_eq!(told["viewer"]["notices"]["nodes"][0]["kind"], "CELL_ASSIGNED");
        let again = stage.nurse.run("assignCell", rota(&stage, &["second-nurse"]).await, CELLS).await;
        assert_eq!(again.problem_code(), "NOTHING_CHANGED");

        // Only who has it in hand is reminded of it; the others still may sign.
        stage.sign(&stage.nurse, "clinic").await;
        world.set_clock("2018-11-30T09:00:00Z");
        world.tick().await;
        let reminded = async |user: &User<'_>| {
            // The lead is told of what is late with others, which is not a reminder of their own.
            let data = user.ask("{ viewer { notices(first: 1) { nodes { reminders { waiting } } } } }", json!({})).await.data();
            data["viewer"]["notices"]["nodes"][0]["reminders"] != json!([])
        };
        assert!(reminded(&stage.second_nurse).await && !reminded(&stage.nurse).await);
        stage.sign(&stage.nurse, "rota").await;
        assert_eq!(keys(&waiting(&stage.second_nurse).await), [""; 0], "met");
    }

    async fn a_seat_is_handed_what_it_can_sign_and_no_more_than_it_takes_on(world: World) {
        let stage = Stage::in_review(&world).await;
        let seat = stage.seat("second-nurse").await;
        let problem = async |input: Value| stage.secretariat.run("assignCell", input, "review { id }").await.problem_code();
        assert_eq!(problem(rota(&stage, &["surgeon"]).await).await, "SEAT_UNFIT");
        assert_eq!(problem(with(rota(&stage, &[]).await, json!({ "discipline": "GENETICS" }))).await, "CELL_UNKNOWN");
        for user in [&stage.surgeon, &stage.chair, &stage.adviser] {
            let input = json!({ "seatId": seat, "limit": 0 });
            assert_eq!(user.run("setLoadLimit", input, "seat { id }").await.error_code(), "FORBIDDEN");
        }
        let input = json!({ "seatId": seat, "limit": 1 });
        let set = stage.second_nurse.run("setLoadLimit", input, "seat { loadLimit }").await.done();
        assert_eq!(set["seat"]["loadLimit"], 1);
        stage.secretariat.run("assignCell", rota(&stage, &["second-nurse"]).await, "review { id }").await.done();
        let clinic = with(without(stage.at("clinic").await, "digest"), json!({ "discipline": "NURSING", "seatIds": [seat] }));
        assert_eq!(problem(clinic.clone()).await, "LOAD_LIMIT");
        stage.sign(&stage.second_nurse, "rota").await;
        stage.secretariat.run("assignCell", clinic, "review { id }").await.done();
        let over = json!({ "seatId": seat, "limit": 2001 });
        assert_eq!(stage.second_nurse.run("setLoadLimit", over, "seat { id }").await.problem_code(), "OUT_OF_RANGE");
        let free = stage.secretariat.run("setLoadLimit", json!({ "seatId": seat }), "seat { loadLimit }").await.done();
        assert_eq!(free["seat"]["loadLimit"], Value::Null);
    }
}
