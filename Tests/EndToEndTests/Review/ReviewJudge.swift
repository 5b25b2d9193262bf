import Foundation
import Testing

/// What a browser would make of HTML: its elements, attributes and text.
struct ReadPage: Decodable {
  let tags: [String: Int]
  let attributes: [String]
  let text: String
  /// Tags that are closed in the wrong order, or never.
  let problems: [String]

  private static let script = """
    import html.parser, json, sys
    VOID = {"meta", "input", "br", "link", "img", "hr"}
    class Reader(html.parser.HTMLParser):
        def __init__(self):
            super().__init__(convert_charrefs=True)
            self.tags, self.attributes, self.words, self.open, self.problems = {}, set(), [], [], []
        def handle_starttag(self, tag, attrs):
            self.tags[tag] = self.tags.get(tag, 0) + 1
            for name, value in attrs:
                self.attributes.add(f"{tag} {name}={value}" if name in ("href", "src") else f"{tag} {name}")
            if tag not in VOID: self.open.append(tag)
        def handle_endtag(self, tag):
            if not self.open or self.open.pop() != tag: self.problems.append(tag)
        def handle_data(self, data):
            if not self.open or self.open[-1] != "style": self.words.append(data)
    reader = Reader()
    reader.feed(sys.stdin.read())
    reader.close()
    json.dump({"tags": reader.tags, "attributes": sorted(reader.attributes),
      "text": "".join(reader.words), "problems": reader.problems + reader.open}, sys.stdout)
    """

  static func read(_ html: String) throws -> ReadPage {
    let json = try Tool.check(["python3", "-c", script], input: html)
    return try JSONDecoder().decode(ReadPage.self, from: Data(json.utf8))
  }

  /// Markdown as GitHub's own parser reads it, with addresses linked and HTML let through.
  static func read(markdown: String) throws -> ReadPage {
    try read(
      Tool.check(
        ["cmark-gfm", "--unsafe", "-e", "autolink", "-e", "table", "-e", "strikethrough"],
        input: markdown))
  }
}
