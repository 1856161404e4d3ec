//! Interests in the scene: one that everybody reads of, one that is withheld, and what is decided about the first.

use serde_json::{Value, json};

use super::{
    canaries::{Circle, drafted, published},
    scene::{Scene, run},
};
use crate::harness::world::User;

impl Scene<'_> {
    /// An interest that everybody reads of, and one that is withheld. Gives the first.
    pub(super) async fn interests(&mut self) -> Value {
        let mut declare = async |seat: Value, user: &User<'_>, place, description: &str, topic: &str| {
            let input = json!({ "seatId": seat, "category": "FINANCIAL", "since": "2016-04",
                "description": self.canaries.plant(place, description), "topics": [self.canaries.plant(place, topic)] });
            user.run("declareInterest", input, "interest { id }").await.done()["interest"]["id"].clone()
        };
        let (public, hidden) = (published("directory", Circle::Public), published("spare", Circle::Group));
        let own = async |user: &User<'_>| {
            user.ask("{ viewer { seats { id } } }", json!({})).await.data()["viewer"]["seats"][0]["id"].clone()
        };
        let interest = declare(own(&self.pathologist).await, &self.pathologist, public, "interest", "topic").await;
        let withheld =
            declare(own(&self.vice_chair).await, &self.vice_chair, hidden, "withheld", "withheldtopic").await;
        let reason = self.canaries.plant(hidden, "withheldreason");
        run(&self.secretariat, "withholdInterest", json!({ "interestId": withheld, "reason": reason })).await;
        interest
    }

    /// The pathologist takes no part in a section of the open document.
    pub(super) async fn weigh(&mut self, interest: &Value, review: &Value, which: &str) {
        let reason = self.canaries.plant(drafted("open", Circle::Public), &format!("{which}weighed"));
        let section = self.named(&self.chair, "open", "clinic").await["sectionId"].clone();
        let input = json!({ "reviewId": review, "interestId": interest, "sectionId": section, "action": "EXCLUDE", "reason": reason });
        run(&self.chair, "weighInterest", input).await;
    }
}
