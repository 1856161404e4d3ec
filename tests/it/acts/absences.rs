//! Absence and stand-ins (T6), and leads of disciplines (T5).

use serde_json::{Value, json};

use super::stage::{Stage, with, word};
use crate::harness::{
    on_both_databases,
    world::{User, World},
};

const SEAT: &str = "seat { absences { id from until availability standIn { holder { name } } declaredBy { name } } }";

/// The nurse is away, and the second nurse stands in.
async fn away(stage: &Stage<'_>, first_day: &str, back_on: &str) -> Value {
    json!({ "seatId": stage.seat("nurse").await, "firstDay": first_day, "backOn": back_on,
        "standInSeatId": stage.seat("second-nurse").await })
}

/// How somebody was reminded last: how much waited, and in whose place.
async fn reminded(user: &User<'_>) -> Option<(Value, Vec<String>)> {
    let query =
        "{ viewer { notices(first: 1) { nodes { kind reminders { waiting inPlaceOf { holder { name } } } } } } }";
    let notice = user.ask(query, json!({})).await.data()["viewer"]["notices"]["nodes"][0].clone();
    let reminder = (notice["kind"] == "REMINDER").then(|| notice["reminders"][0].clone())?;
    let names = reminder["inPlaceOf"].as_array().expect("seats").iter().map(|seat| word(&seat["holder"]["name"]));
    Some((reminder["waiting"].clone(), names.collect()))
}

on_both_databases! {
    async fn t6_who_is_away_is_asked_through_their_stand_in_and_both_names_are_told(world: World) {
        let stage = Stage::in_review(&world).await;
        let input = away(&stage, "2018-11-20", "2018-12-10").await;
        let declared = stage.nurse.run("declareAbsence", input, SEAT).await.done()["seat"]["absences"][0].clone();
        assert_eq!((&declared["from"], &declared["until"], &declared["availability"]), (&json!("2018-11-20"), &json!("2018-12-10"), &json!("AWAY")));
        assert_eq!((&declared["standIn"]["holder"]["name"], &declared["declaredBy"]["name"]), (&json!("second-nurse"), &json!("nurse")));

        // Six months before the end of sign-off, 31 May 2019, is 30 November 2018.
        world.set_clock("2018-11-30T09:00:00Z");
        world.tick().await;
        assert_eq!(reminded(&stage.nurse).await, None, "away");
        let (_, names) = reminded(&stage.second_nurse).await.expect("a reminder");
        assert_eq!(names, ["nurse"]);
        let tasks = stage.second_nurse.ask("{ viewer { tasks { inPlaceOf { holder { name } } } } }", json!({})).await.data();
        assert_eq!(tasks["viewer"]["tasks"][0]["inPlaceOf"]["holder"]["name"], "nurse");
        let selection = "position { seat { holder { name } } inPlaceOf { holder { name } } }";
        let signed = stage.second_nurse.run("signOff", stage.at("rota").await, selection).await.done()["position"].clone();
        assert_eq!((&signed["seat"]["holder"]["name"], &signed["inPlaceOf"][0]["holder"]["name"]), (&json!("second-nurse"), &json!("nurse")));

        // Back again, they are asked as ever; what was signed meanwhile keeps both names.
        world.set_clock("2019-02-28T09:00:00Z");
        world.tick().await;
        let positions = "review { positions { nodes { inPlaceOf { holder { name } } } } }";
        let seen = stage.see(positions).await["review"]["positions"]["nodes"][0].clone();
        assert_eq!(seen["inPlaceOf"][0]["holder"]["name"], "nurse");
        stage.revise(&stage.editor, "rota", "Two nurses are there.").await;
        world.set_clock("2019-05-31T09:00:00Z");
        world.tick().await;
        assert!(reminded(&stage.nurse).await.is_some());
        assert_eq!(reminded(&stage.second_nurse).await.expect("a reminder").1, [""; 0]);
    }

    async fn t6_who_can_finish_or_has_no_stand_in_is_reminded_as_ever(world: World) {
        let stage = Stage::in_review(&world).await;
        let can_finish = with(away(&stage, "2018-11-20", "2018-12-10").await, json!({ "availability": "CAN_FINISH" }));
        stage.nurse.run("declareAbsence", can_finish, SEAT).await.done();
        let alone = json!({ "seatId": stage.seat("surgeon").await, "firstDay": "2018-11-20", "backOn": "2018-12-10" });
        stage.secretariat.run("declareAbsence", alone, SEAT).await.done();
        world.set_clock("2018-11-30T09:00:00Z");
        world.tick().await;
        for user in [&stage.nurse, &stage.surgeon] {
            assert!(reminded(user).await.is_some());
        }
    }

    async fn t6_an_absence_is_refused_that_cannot_be_and_ended_once(world: World) {
        let stage = Stage::in_review(&world).await;
        let refused = async |more: Value| {
            let input = with(away(&stage, "2017-09-04", "2017-09-18").await, more);
            stage.nurse.run("declareAbsence", input, SEAT).await.problem_code()
        };
        assert_eq!(refused(json!({ "backOn": "2017-09-04" })).await, "ABSENCE_DATES");
        assert_eq!(refused(json!({ "standInSeatId": stage.seat("surgeon").await })).await, "STAND_IN_UNFIT");
        let back = json!({ "seatId": stage.seat("second-nurse").await, "firstDay": "2017-09-10", "backOn": "2017-09-12",
            "standInSeatId": stage.seat("nurse").await });
        stage.second_nurse.run("declareAbsence", back, SEAT).await.done();
        assert_eq!(refused(json!({})).await, "STAND_IN_CHAIN");
        let alone = json!({ "standInSeatId": null });
        let input = with(away(&stage, "2017-09-04", "2017-09-18").await, alone.clone());
        let declared = stage.nurse.run("declareAbsence", input, SEAT).await.done();
        assert_eq!(refused(alone).await, "ALREADY_AWAY");
        let ending = json!({ "absenceId": declared["seat"]["absences"][0]["id"] });
        let ended = stage.nurse.run("endAbsence", ending.clone(), SEAT).await.done();
        assert_eq!(ended["seat"]["absences"], json!([]));
        assert_eq!(stage.nurse.run("endAbsence", ending, SEAT).await.problem_code(), "ABSENCE_OVER");
    }

    async fn a2_absences_are_told_to_the_group_and_declared_by_their_holder_or_the_secretariat(world: World) {
        let stage = Stage::in_review(&world).await;
        let input = away(&stage, "2017-09-04", "2017-09-18").await;
        for other in [&stage.chair, &stage.second_nurse, &stage.adviser] {
            assert_eq!(other.run("declareAbsence", input.clone(), SEAT).await.error_code(), "FORBIDDEN");
        }
        assert_eq!(world.anonymous().run("declareAbsence", input.clone(), SEAT).await.error_code(), "NOT_FOUND");
        let declared = stage.secretariat.run("declareAbsence", input, SEAT).await.done()["seat"]["absences"][0].clone();
        assert_eq!(declared["declaredBy"]["name"], "secretariat");
        let ending = json!({ "absenceId": declared["id"] });
        assert_eq!(stage.surgeon.run("endAbsence", ending, SEAT).await.error_code(), "FORBIDDEN");
        let query = "{ group(slug: \"expert-group\") { seats { holder { name } absences { id } } } }";
        let count = async |user: &User<'_>| {
            let seats = user.ask(query, json!({})).await.data()["group"]["seats"].clone();
            seats.as_array().expect("seats").iter().map(|seat| seat["absences"].as_array().expect("a list").len()).sum::<usize>()
        };
        assert_eq!(count(&stage.surgeon).await, 1);
        assert_eq!(count(&world.affiliated("partner").await).await, 0, "who is away is the group's business");
    }

    async fn t5_a_discipline_has_one_lead_whom_the_secretariat_appoints_and_who_hears_of_what_is_late_there(world: World) {
        let stage = Stage::in_review(&world).await;
        let lead = async |user: &User<'_>, name: &str| {
            user.run("appointLead", json!({ "seatId": stage.seat(name).await }), "seat { isLead }").await
        };
        for other in [&stage.chair, &stage.nurse] {
            assert_eq!(lead(other, "nurse").await.error_code(), "FORBIDDEN");
        }
        assert_eq!(lead(&stage.secretariat, "chair").await.problem_code(), "CANNOT_LEAD");
        lead(&stage.secretariat, "nurse").await.done();
        assert_eq!(lead(&stage.secretariat, "nurse").await.problem_code(), "LEADS_ALREADY");
        lead(&stage.secretariat, "second-nurse").await.done();
        let seats = stage.chair.ask("{ group(slug: \"expert-group\") { seats { isLead holder { name } } } }", json!({})).await.data();
        let seats = seats["group"]["seats"].as_array().expect("seats").clone();
        let leads: Vec<String> = seats.iter().filter(|seat| seat["isLead"] == true).map(|seat| word(&seat["holder"]["name"])).collect();
        assert_eq!(leads, ["second-nurse"]);

        world.set_clock("2019-06-08T09:00:00Z");
        world.tick().await;
        let query = "{ viewer { notices(first: 1) { nodes { escalations { late { seat { holder { name } } } } } } } }";
        let told = stage.second_nurse.ask(query, json!({})).await.data()["viewer"]["notices"]["nodes"][0].clone();
        let late = told["escalations"][0]["late"].as_array().expect("seats").clone();
        assert_eq!(late.iter().map(|late| word(&late["seat"]["holder"]["name"])).collect::<Vec<_>>(), ["nurse"]);
    }
}
