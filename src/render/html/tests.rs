//! What HTML comes out of which Markdown.

use super::*;

fn rendered(markdown: &str) -> String {
    html(markdown, Place { prefix: "imaging", level: 2 })
        .replace(" rel=\"noopener noreferrer nofollow\"", "")
        .replace('\n', "")
}

#[test]
fn markdown_becomes_html() {
    for (markdown, expected) in [
        ("", ""),
        ("a *b* **c** ~~d~~ `e<f`", "<p>a <em>b</em> <strong>c</strong> <del>d</del> <code>e&lt;f</code></p>"),
        ("a  \nb\nc", "<p>a<br>bc</p>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("3. a\n\n4. b", "<ol start=\"3\"><li><p>a</p></li><li><p>b</p></li></ol>"),
        ("- a\n  - b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("- [ ] a\n- [x] b", "<ul><li>\u{2610} a</li><li>\u{2611} b</li></ul>"),
        ("> a", "<blockquote><p>a</p></blockquote>"),
        ("```rust\na < b\n```", "<pre><code>a &lt; b</code></pre>"),
        ("a\n\n---\n\nb", "<p>a</p><hr><p>b</p>"),
        (
            "|a|b|\n|:-|-:|\n|1|2|\n|3|4|",
            "<table><thead><tr><th align=\"left\" scope=\"col\">a</th><th align=\"right\" scope=\"col\">b</th></tr></thead>\
             <tbody><tr><td align=\"left\">1</td><td align=\"right\">2</td></tr>\
             <tr><td align=\"left\">3</td><td align=\"right\">4</td></tr></tbody></table>",
        ),
    ] {
        assert_eq!(rendered(markdown), expected, "{markdown}");
    }
}

#[test]
fn links_lead_to_https_and_mail_only_and_say_nothing_of_the_reader() {
    assert_eq!(
        html("[a](https://example.org)", Place { prefix: "", level: 1 }),
        "<p><a href=\"https://example.org\" rel=\"noopener noreferrer nofollow\">a</a></p>"
    );
    for (markdown, expected) in [
        ("<a@example.org>", "<p><a href=\"mailto:a@example.org\">a@example.org</a></p>"),
        ("see www.example.org.", "<p>see <a href=\"https://www.example.org\">www.example.org</a>.</p>"),
        ("[a](https://example.org \"t\")", "<p><a href=\"https://example.org\" title=\"t\">a</a></p>"),
        ("[a](http://example.org) [b](#imaging) [c](/x)", "<p>a b c</p>"),
        (
            "<a href=\"https://example.org\">[b](https://example.org)</a>",
            "<p><a href=\"https://example.org\">b</a></p>",
        ),
    ] {
        assert_eq!(rendered(markdown), expected, "{markdown}");
    }
}

#[test]
fn an_image_becomes_a_link_to_it_or_its_words() {
    for (markdown, expected) in [
        ("![a *b*](https://example.org/x.png)", "<p><a href=\"https://example.org/x.png\">a b</a></p>"),
        (
            "![](https://example.org/x.png)",
            "<p><a href=\"https://example.org/x.png\">https://example.org/x.png</a></p>",
        ),
        ("![a](x.png)", "<p>[a]</p>"),
        ("![](x.png)", "<p></p>"),
        ("![a ![b](c) d](x.png)", "<p>[a b d]</p>"),
        ("[![a](https://example.org/x.png)](https://example.org)", "<p><a href=\"https://example.org\">a</a></p>"),
        (
            "a <img src=\"https://example.org/x.png\" alt=\"b &amp; c\">",
            "<p>a <a href=\"https://example.org/x.png\">b &amp; c</a></p>",
        ),
    ] {
        assert_eq!(rendered(markdown), expected, "{markdown}");
    }
}

#[test]
fn headings_stand_below_the_heading_of_the_section() {
    for (markdown, level, expected) in [
        ("# A\n## B", 2, "<h3 id=\"x--a\">A</h3><h4 id=\"x--b\">B</h4>"),
        ("### A\n#### B", 1, "<h2 id=\"x--a\">A</h2><h3 id=\"x--b\">B</h3>"),
        ("# A\n## B", 6, "<h6 id=\"x--a\">A</h6><h6 id=\"x--b\">B</h6>"),
        ("## A\n<h1>B</h1>", 2, "<h3 id=\"x--a\">A</h3><h3>B</h3>"),
        (
            "# A\n# A\n# A-2\n# A",
            1,
            "<h2 id=\"x--a\">A</h2><h2 id=\"x--a-2\">A</h2><h2 id=\"x--a-2-2\">A-2</h2><h2 id=\"x--a-3\">A</h2>",
        ),
        ("# A", 0, "<h2 id=\"x--a\">A</h2>"),
        ("# A", 255, "<h6 id=\"x--a\">A</h6>"),
    ] {
        assert_eq!(html(markdown, Place { prefix: "x\"<", level }).replace('\n', ""), expected, "{markdown}");
    }
}

#[test]
fn footnotes_of_several_sections_do_not_meet() {
    let markdown = "a[^n] b[^m] c[^n]\n\n[^m]: second\n\n[^n]: first";
    assert_eq!(
        rendered(markdown),
        "<p>a<sup><a href=\"#fn--imaging--1\" id=\"fnref--imaging--1\">1</a></sup> \
         b<sup><a href=\"#fn--imaging--2\" id=\"fnref--imaging--2\">2</a></sup> \
         c<sup><a href=\"#fn--imaging--1\" id=\"fnref--imaging--1-2\">1</a></sup></p>\
         <ol class=\"footnotes\">\
         <li id=\"fn--imaging--1\"><p>first \
         <a href=\"#fnref--imaging--1\" aria-label=\"Back to note 1 in the text\">\u{21a9}</a> \
         <a href=\"#fnref--imaging--1-2\" aria-label=\"Back to note 1 in the text\">\u{21a9}</a></p></li>\
         <li id=\"fn--imaging--2\"><p>second \
         <a href=\"#fnref--imaging--2\" aria-label=\"Back to note 2 in the text\">\u{21a9}</a></p></li></ol>"
    );
    let other = html(markdown, Place { prefix: "surgery", level: 1 });
    let ids = |html: &str| {
        html.split("id=\"").skip(1).filter_map(|rest| rest.split('"').next().map(str::to_owned)).collect::<HashSet<_>>()
    };
    assert_eq!(ids(&other).len(), 5);
    assert!(ids(&other).is_disjoint(&ids(&rendered(markdown))));
}

#[test]
fn harmless_raw_markup_is_kept_and_no_word_is_lost() {
    for (markdown, expected) in [
        ("H<sub>2</sub>O<br>x<sup>2</sup>", "<p>H<sub>2</sub>O<br>x<sup>2</sup></p>"),
        (
            "<details open>\n<summary>More</summary>\n\n*a*\n\n</details>\n\nb",
            "<details open=\"\"><summary>More</summary><p><em>a</em></p></details><p>b</p>",
        ),
        (
            "<table><tr><th scope=\"row\" colspan=\"2\">a</th><td colspan=\"9999\">b</table>",
            "<table><tbody><tr><th colspan=\"2\" scope=\"row\">a</th><td>b</td></tr></tbody></table>",
        ),
        (
            "<table><tr><td>\n\n*a*\n\n</td></tr></table>",
            "<table><tbody><tr><td><p><em>a</em></p></td></tr></tbody></table>",
        ),
        ("<table>lost?<tr>and this?<td>a</table>", "<table></table>lost?and this?a"),
        ("*a <b>b* c</b> d", "<p><em>a <b>b</b></em> c d</p>"),
        ("a <div>b</div> <blink>c</blink>", "<p>a b c</p>"),
        ("<a href=https://a.b>a <a href=https://c.d>b</a> c</a>", "<p><a href=\"https://a.b\">a b</a> c</p>"),
        ("<p>a<b>b<p>c", "<p>a<b>b</b></p><p>c</p>"),
        ("<div>\n<b>a\n\nb\n\n</div>\n\nc", "<div><b>a<p>b</p></b></div><p>c</p>"),
        ("<ul><li>a<li>b</ul>c", "<ul><li>a</li><li>b</li></ul>c"),
        ("a </p></div></td> b", "<p>a  b</p>"),
        ("<div>1 < 2 &lt; 3 &amp; &eacute;</div>", "<div>1 &lt; 2 &lt; 3 &amp; é</div>"),
    ] {
        assert_eq!(rendered(markdown), expected, "{markdown}");
    }
}
