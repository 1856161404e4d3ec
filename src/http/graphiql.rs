//! A page to try the API: GraphiQL, from files of our own, so that it works without the internet and lets nobody else's
//! script near a token.
//!
//! The libraries are kept compressed and served so: every browser that can run them can unpack them.

use poem::{
    Request, Response,
    http::{HeaderValue, StatusCode, header},
};

/// Only our own files, only our own API. Fonts and small pictures are inside the style sheet.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      img-src 'self' data:; font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page.
pub(super) fn page() -> Response {
    Response::builder()
        .content_type("text/html; charset=utf-8")
        .header(header::CACHE_CONTROL, "no-cache")
        .header(header::CONTENT_SECURITY_POLICY, POLICY)
        .body(include_str!("graphiql/page.html"))
}

/// One of the page's files.
pub(super) fn file(request: &Request) -> Response {
    let name = request.raw_path_param("file").unwrap_or_default();
    let Some(file) = FILES.iter().find(|file| file.name == name) else {
        return StatusCode::NOT_FOUND.into();
    };
    let response = Response::builder().content_type(file.content_type);
    let mut response = match file.keep {
        // The name carries the version.
        Keep::Forever => response.header(header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        Keep::Not => response.header(header::CACHE_CONTROL, "no-cache"),
    }
    .body(file.bytes);
    if file.keep == Keep::Forever {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

struct File {
    name: &'static str,
    content_type: &'static str,
    keep: Keep,
    bytes: &'static [u8],
}

/// Whether a file is a library, compressed and the same for ever, or ours.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    Forever,
    Not,
}

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

const FILES: [File; 6] = [
    File {
        name: "graphiql-4.1.2.min.js",
        content_type: SCRIPT,
        keep: Keep::Forever,
        bytes: include_bytes!("graphiql/graphiql-4.1.2.min.js.gz"),
    },
    File {
        name: "graphiql-4.1.2.min.css",
        content_type: STYLE,
        keep: Keep::Forever,
        bytes: include_bytes!("graphiql/graphiql-4.1.2.min.css.gz"),
    },
    File {
        name: "react-18.3.1.min.js",
        content_type: SCRIPT,
        keep: Keep::Forever,
        bytes: include_bytes!("graphiql/react-18.3.1.min.js.gz"),
    },
    File {
        name: "react-dom-18.3.1.min.js",
        content_type: SCRIPT,
        keep: Keep::Forever,
        bytes: include_bytes!("graphiql/react-dom-18.3.1.min.js.gz"),
    },
    File { name: "start.js", content_type: SCRIPT, keep: Keep::Not, bytes: include_bytes!("graphiql/start.js") },
    File { name: "page.css", content_type: STYLE, keep: Keep::Not, bytes: include_bytes!("graphiql/page.css") },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_only_files_that_are_here() {
        let page = include_str!("graphiql/page.html");
        let named: Vec<_> = page.split('"').filter_map(|part| part.strip_prefix("/graphiql/")).collect();
        assert_eq!(named.len(), FILES.len());
        for name in named {
            assert!(FILES.iter().any(|file| file.name == name), "{name}");
        }
        assert!(!page.contains("http"), "nothing from elsewhere");
    }

    #[test]
    fn libraries_are_compressed_and_ours_are_not() {
        for file in FILES {
            assert_eq!(file.bytes.starts_with(&[0x1f, 0x8b]), file.keep == Keep::Forever, "{}", file.name);
        }
    }
}
