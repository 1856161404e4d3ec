//! One request at a time.

use poem::{
    Request, RequestBuilder,
    http::{Method, Uri},
};
use serde_json::json;

use super::*;

const GRAPHQL: &str = "application/graphql-response+json; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";

impl Service {
    pub(super) async fn call(&self, request: Request) -> Reply {
        let response = routes(self.door.clone()).call(request).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.into_body().into_vec().await.unwrap();
        Reply { status, headers, text: String::from_utf8_lossy(&body).into_owned() }
    }

    pub(super) async fn post(&self, body: impl ToString) -> Reply {
        self.call(post().body(body.to_string())).await
    }

    pub(super) async fn query(&self, query: &str) -> Reply {
        self.post(json!({ "query": query })).await
    }

    pub(super) async fn get(&self, uri: &str) -> Reply {
        self.call(get(uri).finish()).await
    }
}

pub(super) fn get(uri: &str) -> RequestBuilder {
    Request::builder().method(Method::GET).uri(uri.parse::<Uri>().unwrap())
}

pub(super) fn post() -> RequestBuilder {
    Request::builder().method(Method::POST).uri(Uri::from_static("/graphql")).content_type("application/json")
}

#[tokio::test]
async fn a_query_is_answered_by_post_and_by_get() {
    let service = Service::new();
    let body = json!({ "query": "query A($t: String) { echo(text: $t) }", "variables": { "t": "é" }, "unknown": 1 });
    let reply = service.post(body).await;
    assert_eq!((reply.status, reply.json()), (200, json!({ "data": { "echo": "None Some(\"é\")" } })));
    assert_eq!(reply.header("content-type"), GRAPHQL);
    assert_eq!(reply.header("cache-control"), "private, no-cache");
    let vary: Vec<_> = reply.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
    assert_eq!(vary.join(", "), "Accept, Authorization, Origin");

    let uri = "/graphql?query=query%20A(%24t:String)%7Becho(text:%24t)%7D&variables=%7B%22t%22:%22%C3%A9%22%7D&operationName=A";
    assert_eq!(service.get(uri).await.json(), json!({ "data": { "echo": "None Some(\"é\")" } }));
}

#[tokio::test]
async fn null_and_empty_parameters_are_as_if_absent() {
    let service = Service::new();
    let body = json!({ "query": "{ echo }", "operationName": null, "variables": null, "extensions": null });
    assert_eq!(service.post(body).await.status, 200);
    let body = json!({ "query": "{ echo }", "operationName": "", "variables": {}, "extensions": {} });
    assert_eq!(service.post(body).await.status, 200);
    assert_eq!(service.get("/graphql?query=%7Becho%7D&variables=&operationName=&extensions=").await.status, 200);
}

#[tokio::test]
async fn only_json_is_taken_so_no_foreign_form_is_run() {
    let service = Service::new();
    let body = json!({ "query": "mutation { change }" }).to_string();
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
    ] {
        let request = Request::builder().method(Method::POST).uri(Uri::from_static("/graphql"));
        let reply = service.call(request.content_type(content_type).body(body.clone())).await;
        assert_eq!(reply.refusal(), (415, "BAD_REQUEST".into()), "{content_type}");
    }
    let untyped = Request::builder().method(Method::POST).uri(Uri::from_static("/graphql")).body(body);
    assert_eq!(service.call(untyped).await.refusal().0, 415);
    assert!(!service.has_changed());
}

#[tokio::test]
async fn a_mutation_runs_by_post_and_not_by_get() {
    let service = Service::new();
    let reply = service.get("/graphql?query=mutation%7Bchange%7D").await;
    assert_eq!(reply.refusal(), (405, "BAD_REQUEST".into()));
    assert_eq!(reply.header("allow"), "POST");
    let both = "/graphql?query=query%20Q%7Becho%7Dmutation%20M%7Bchange%7D&operationName=";
    assert_eq!(service.get(&format!("{both}M")).await.status, 405);
    assert_eq!(service.get(&format!("{both}Q")).await.status, 200);
    assert!(!service.has_changed());
    assert_eq!(service.query("mutation { change }").await.json(), json!({ "data": { "change": true } }));
    assert!(service.has_changed());
}

#[tokio::test]
async fn a_subscription_is_sent_to_the_socket() {
    let reply = Service::new().query("subscription { count(to: 1) }").await;
    assert_eq!(reply.refusal(), (422, "BAD_REQUEST".into()));
}

#[tokio::test]
async fn a_body_that_is_no_request_is_refused_with_400_or_422() {
    let service = Service::new();
    for (body, status) in [
        ("", 400),
        ("{", 400),
        ("{\"query\":\"{echo}\"} trailing", 400),
        ("\u{feff}{\"query\":\"{echo}\"}", 400),
        ("{\"query\":\"\\ud800\"}", 400),
        ("{\"query\":\"{echo}\",\"variables\":{\"a\":1e999}}", 400),
        ("[]", 422),
        ("[{\"query\":\"{echo}\"}]", 422),
        ("null", 422),
        ("\"{echo}\"", 422),
        ("{}", 422),
        ("{\"query\":null}", 422),
        ("{\"query\":\"\"}", 422),
        ("{\"query\":{}}", 422),
        ("{\"query\":\"{echo}\",\"operationName\":1}", 422),
        ("{\"query\":\"{echo}\",\"variables\":[]}", 422),
        ("{\"query\":\"{echo}\",\"variables\":\"{}\"}", 422),
        ("{\"query\":\"{echo}\",\"extensions\":1}", 422),
    ] {
        assert_eq!(service.post(body).await.refusal(), (status, "BAD_REQUEST".into()), "{body}");
    }
    let not_utf8 = post().body(b"{\"query\":\"{ echo(text: \\\"\xff\\\") }\"}".to_vec());
    assert_eq!(service.call(not_utf8).await.refusal().0, 400);
    let batch = service.post("[{\"query\":\"{echo}\"}]").await.json();
    assert!(batch["errors"][0]["message"].as_str().unwrap().contains("batches are not supported"));
    let deep =
        format!("{{\"query\":\"{{echo}}\",\"variables\":{{\"a\":{}1{}}}}}", "[".repeat(50_000), "]".repeat(50_000));
    assert_eq!(service.post(deep).await.refusal().0, 400);
    assert_eq!(service.get("/graphql").await.refusal().0, 422);
    assert_eq!(service.get("/graphql?query=%7Becho%7D&variables=%7B").await.refusal().0, 400);
    assert_eq!(service.get("/graphql?query=%7Becho%7D&query=%7Bcaller%7D").await.refusal().0, 422);
}

#[tokio::test]
async fn a_document_is_refused_for_what_is_wrong_with_it() {
    let service = Service::new();
    for (query, status, code) in [
        ("{", 400, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", 422, "GRAPHQL_VALIDATION_FAILED"),
        ("{ echo(number: \"x\") }", 422, "BAD_USER_INPUT"),
        ("query A { echo } query B { echo }", 422, "OPERATION_RESOLUTION_FAILURE"),
        ("query($n: Int!) { echo(number: $n) }", 422, "BAD_USER_INPUT"),
        ("{ documents(first: 1000) { nodes { id } } }", 422, "QUERY_TOO_LARGE"),
        ("{ ...F } fragment F on Query { ...F }", 422, "GRAPHQL_VALIDATION_FAILED"),
    ] {
        assert_eq!(service.query(query).await.refusal(), (status, code.into()), "{query}");
    }
    let wrong_type = json!({ "query": "query($n: Int) { echo(number: $n) }", "variables": { "n": "x" } });
    assert_eq!(service.post(wrong_type).await.refusal(), (422, "BAD_USER_INPUT".into()));
    let nested = format!("{{ list(values: {}1{}) }}", "[".repeat(60_000), "]".repeat(60_000));
    assert_eq!(service.query(&nested).await.refusal(), (422, "QUERY_TOO_LARGE".into()));
}

#[tokio::test]
async fn the_answer_comes_in_a_type_the_client_reads() {
    let service = Service::new();
    let ask = async |accept: &str, query: &str| {
        let body = json!({ "query": query }).to_string();
        let reply = service.call(post().header("accept", accept).body(body)).await;
        (reply.status, reply.header("content-type").to_owned())
    };
    assert_eq!(ask("application/json", "{ echo }").await, (200, JSON.into()));
    assert_eq!(
        ask("application/graphql-response+json, application/json;q=0.9", "{ echo }").await,
        (200, GRAPHQL.into())
    );
    assert_eq!(ask("*/*", "{ echo }").await, (200, GRAPHQL.into()));
    assert_eq!(ask("application/json", "{").await, (400, JSON.into()));
    assert_eq!(ask("text/html", "mutation { change }").await, (406, JSON.into()));
    assert_eq!(ask("application/json;q=0, application/graphql-response+json;q=0.0", "{ echo }").await.0, 406);
    assert!(!service.has_changed());
}

#[tokio::test]
async fn partial_success_has_its_own_status_where_clients_know_it() {
    let service = Service::new();
    let body = json!({ "query": "{ echo refuse(code: \"FORBIDDEN\") }" }).to_string();
    let reply = service.call(post().body(body.clone())).await;
    assert_eq!(reply.status, 294);
    assert_eq!(reply.json()["data"], json!({ "echo": "None None", "refuse": null }));
    assert_eq!(reply.json()["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert_eq!(service.call(post().header("accept", "application/json").body(body)).await.status, 200);
}

#[tokio::test]
async fn old_clients_get_200_if_the_operator_says_so() {
    let service = Service::with(Settings { legacy_json_200: true, ..Settings::default() });
    let ask = async |accept: &str, body: &str| {
        service.call(post().header("accept", accept).body(body.to_owned())).await.status
    };
    assert_eq!(ask("application/json", "{\"query\":\"{nothing}\"}").await, 200);
    assert_eq!(ask("application/json", "{\"query\":\"{\"}").await, 200);
    assert_eq!(ask("application/json", "{").await, 400, "but not when there is no request");
    assert_eq!(ask("application/graphql-response+json", "{\"query\":\"{nothing}\"}").await, 422);
}

#[tokio::test]
async fn words_of_a_fault_stay_in_the_log() {
    let service = Service::new();
    for query in ["{ refuse(code: \"INTERNAL\") }", "{ refuse(code: \"none of ours\") }"] {
        let reply =
            service.call(post().header("x-request-id", "req-1").body(json!({ "query": query }).to_string())).await;
        assert_eq!(reply.json()["errors"][0]["extensions"]["code"], "INTERNAL");
        assert_eq!(reply.json()["errors"][0]["message"], "internal error in request req-1");
        assert!(!reply.text.contains("swordfish"));
    }
}

#[tokio::test]
async fn a_panic_is_answered_with_the_id_of_the_request_only() {
    let service = Service::new();
    let in_resolver = service.query("{ panic }").await;
    let request = post().header("authorization", "Bearer panic").body("{\"query\":\"{echo}\"}");
    let in_handler = service.call(request).await;
    for reply in [in_resolver, in_handler] {
        assert_eq!(reply.refusal(), (500, "INTERNAL".into()));
        assert!(
            reply.text.contains(reply.header("x-request-id")) && !reply.text.contains("swordfish"),
            "{}",
            reply.text
        );
    }
}

#[tokio::test]
async fn a_query_that_takes_too_long_is_given_up() {
    let mut service = Service::new();
    service.door.api = service.door.api.impatient(Duration::from_millis(20));
    assert_eq!(service.query("{ sleep }").await.refusal(), (503, "TIMEOUT".into()));
}

#[tokio::test]
async fn a_mutation_goes_on_when_its_caller_has_left_and_is_waited_for() {
    let service = Service::new();
    let call = service.query("mutation { change(milliseconds: 300) }");
    assert!(tokio::time::timeout(Duration::from_millis(20), call).await.is_err(), "the caller leaves");
    assert!(!service.has_changed());
    service.door.api.finish_mutations().await;
    assert!(service.has_changed());
}

#[tokio::test]
async fn a_mutation_that_takes_too_long_is_answered_and_not_cancelled() {
    let mut service = Service::new();
    service.door.api = service.door.api.impatient(Duration::from_millis(20));
    let reply = service.query("mutation { change(milliseconds: 300) }").await;
    assert_eq!(reply.refusal(), (503, "TIMEOUT".into()));
    service.door.api.finish_mutations().await;
    assert!(service.has_changed());
}

#[tokio::test]
async fn a_bad_token_refuses_the_whole_request() {
    let service = Service::new();
    let ask = async |authorization: &str| {
        service.call(post().header("authorization", authorization).body("{\"query\":\"{caller}\"}")).await
    };
    assert_eq!(ask("Bearer ada").await.json(), json!({ "data": { "caller": "ada" } }));
    assert_eq!(service.query("{ caller }").await.json(), json!({ "data": { "caller": null } }));
    for wrong in ["Bearer nobody", "Bearer", "Basic YTpi", "", "ada"] {
        let reply = ask(wrong).await;
        assert_eq!(reply.refusal(), (401, "UNAUTHENTICATED".into()), "{wrong}");
        assert_eq!(reply.header("www-authenticate"), "Bearer realm=\"consilium\", error=\"invalid_token\"");
    }
    let reply = ask("Bearer away").await;
    assert_eq!((reply.refusal(), reply.header("retry-after")), ((503, "UNAVAILABLE".into()), "1"));
    let twice = post().header("authorization", "Bearer ada").header("authorization", "Bearer eve");
    assert_eq!(service.call(twice.body("{\"query\":\"{caller}\"}")).await.status, 401);
}

#[tokio::test]
async fn who_signs_in_may_spend_more() {
    let service = Service::new();
    let body = json!({ "query": "{ documents(first: 100) { nodes { id a: id b: id c: id d: id e: id f: id g: id h: id i: id } } }" });
    assert_eq!(service.post(&body).await.refusal().1, "QUERY_TOO_LARGE");
    let signed_in = post().header("authorization", "Bearer ada").body(body.to_string());
    assert_eq!(service.call(signed_in).await.status, 200);
}

#[tokio::test]
async fn what_is_too_large_is_not_read() {
    let service = Service::new();
    let body = json!({ "query": format!("{{ echo }} #{}", "x".repeat(256 * 1024)) });
    assert_eq!(service.post(body).await.refusal(), (413, "BAD_REQUEST".into()));
    let fits = json!({ "query": format!("{{ echo }} #{}", "x".repeat(255 * 1024)) });
    assert_eq!(service.post(fits).await.status, 200);
    let request = post().header("x-large", "x".repeat(16 * 1024)).body("{\"query\":\"{echo}\"}");
    assert_eq!(service.call(request).await.refusal().0, 431);
}

#[tokio::test]
async fn errors_are_bounded_in_number() {
    let fields: String = (0..40).map(|at| format!("x{at}: refuse(code: \"CONFLICT\") ")).collect();
    let reply = Service::new().query(&format!("{{ {fields} }}")).await;
    assert_eq!(reply.json()["errors"].as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn an_omitted_variable_stays_omitted() {
    let body =
        json!({ "query": "query($n: Int, $t: String) { echo(number: $n, text: $t) }", "variables": { "t": "x" } });
    assert_eq!(Service::new().post(body).await.json()["data"]["echo"], "None Some(\"x\")");
}

#[tokio::test]
async fn a_request_keeps_its_good_name_and_loses_a_bad_one() {
    let service = Service::new();
    let ask = async |id: &str| {
        let reply = service.call(get("/health/live").header("x-request-id", id).finish()).await;
        reply.header("x-request-id").to_owned()
    };
    assert_eq!(ask("abc-1_2.3").await, "abc-1_2.3");
    for wrong in ["", "a b", "a\"b", &"x".repeat(65)] {
        let made = ask(wrong).await;
        assert!(uuid::Uuid::parse_str(&made).is_ok(), "{wrong:?} became {made:?}");
    }
}

#[tokio::test]
async fn too_many_requests_at_once_are_told_to_come_back() {
    let service = Service::new();
    let all = service.door.requests.acquire_many(u32::try_from(REQUESTS_MAX).unwrap()).await.unwrap();
    let reply = service.query("{ echo }").await;
    assert_eq!((reply.refusal(), reply.header("retry-after")), ((503, "UNAVAILABLE".into()), "1"));
    assert_eq!(service.get("/health/live").await.status, 200);
    drop(all);
    assert_eq!(service.query("{ echo }").await.status, 200);
}

#[tokio::test]
async fn health_tells_alive_from_ready() {
    let service = Service::new();
    assert_eq!(service.get("/health/ready").await.status, 200);
    service.ready.store(false, Ordering::SeqCst);
    assert_eq!(service.get("/health/ready").await.status, 503);
    service.ready.store(true, Ordering::SeqCst);
    service.shutdown.cancel();
    assert_eq!(service.get("/health/ready").await.status, 503);
    assert_eq!(service.get("/health/live").await.status, 200);
}

#[tokio::test]
async fn an_unknown_address_is_answered_in_the_shape_of_everything_else() {
    assert_eq!(Service::new().get("/graphql/x").await.refusal(), (404, "NOT_FOUND".into()));
}

#[tokio::test]
async fn every_answer_tells_browsers_to_be_careful() {
    let service = Service::new();
    for reply in [service.query("{ echo }").await, service.get("/nowhere").await, service.get("/").await] {
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("referrer-policy"), "no-referrer");
        assert!(reply.header("content-security-policy").contains("frame-ancestors 'none'"));
    }
}

#[tokio::test]
async fn only_listed_origins_may_read_and_none_is_reflected() {
    let origins = Origins::new(["https://advice.example"]).unwrap();
    let service = Service::with(Settings { origins, ..Settings::default() });
    let preflight = async |origin: &str| {
        let request = Request::builder().method(Method::OPTIONS).uri(Uri::from_static("/graphql"));
        let request = request.header("origin", origin).header("access-control-request-method", "POST");
        service.call(request.finish()).await
    };
    let reply = preflight("https://advice.example").await;
    assert_eq!((reply.status, reply.header("access-control-allow-origin")), (204, "https://advice.example"));
    assert!(reply.header("access-control-allow-headers").contains("authorization"));
    assert_eq!(reply.header("access-control-allow-credentials"), "");
    for origin in ["https://evil.example", "null", "https://advice.example.evil.example"] {
        let reply = preflight(origin).await;
        assert_eq!(reply.header("access-control-allow-origin"), "", "{origin}");
        assert_eq!(reply.header("access-control-allow-headers"), "", "{origin}");
    }
    let simple =
        service.call(get("/graphql?query=%7Becho%7D").header("origin", "https://advice.example").finish()).await;
    assert_eq!((simple.status, simple.header("access-control-allow-origin")), (200, "https://advice.example"));
    let by_default = Service::new();
    let simple = by_default.call(get("/graphql?query=%7Becho%7D").header("origin", "https://advice.example").finish());
    assert_eq!(simple.await.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn the_page_to_try_the_api_is_served_from_here_and_can_be_switched_off() {
    let service = Service::new();
    let page = service.get("/graphiql").await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.header("content-security-policy").contains("script-src 'self';"));
    let script = service.get("/graphiql/graphiql-4.1.2.min.js").await;
    assert_eq!((script.status, script.header("content-encoding")), (200, "gzip"));
    assert_eq!(service.get("/graphiql/start.js").await.header("content-encoding"), "");
    assert_eq!(service.get("/graphiql/..%2fNOTICE.md").await.status, 404);
    let without = Service::with(Settings::default());
    for address in ["/", "/graphiql", "/graphiql/start.js"] {
        assert_eq!(without.get(address).await.status, 404);
    }
}
