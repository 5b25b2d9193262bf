import PKI

/// Puts events together into documents, with a stack of its own instead of recursion.
///
/// After a finding it goes on with a stand-in for what was refused, so that one reading finds as
/// much as possible; `finish` never returns documents that contain one.
struct DocumentBuilder {
  var findings = FindingList(limit: YAMLReader.findingLimit)
  private let source: SourceText
  private var documents: [Node] = []
  private var open: [OpenCollection] = []
  private var hasEnded = false

  init(_ source: SourceText) {
    self.source = source
  }

  /// False after the last event, and when reading on is of no use or takes too long.
  var wantsMore: Bool { !hasEnded && !findings.isFull }

  consuming func finish() throws(YAMLError) -> [Node] {
    try findings.check()
    return documents
  }

  mutating func add(_ event: Event) {
    let place = event.mark.place(in: source.file)
    for property in event.properties { refuse(property, place) }
    switch event.kind {
    case .streamStart, .documentEnd: break
    case .streamEnd: hasEnded = true
    case .documentStart(let hasTagDirectives):
      if hasTagDirectives { refuseTagDirective(after: event.mark) }
    case .alias(let name):
      refuseAlias(name, place)
      add(Node.Scalar(text: "", isPlain: false, place: place), isRefused: true)
    case .scalar(let text, let style):
      add(text, style, place, hasProperties: !event.properties.isEmpty)
    case .sequenceStart: begin(OpenCollection(.sequence, place))
    case .mappingStart: begin(OpenCollection(.mapping, place))
    case .sequenceEnd, .mappingEnd: endCollection()
    }
  }
}

// MARK: Scalars and collections

extension DocumentBuilder {
  private mutating func add(
    _ text: String, _ style: Event.Style, _ place: Place, hasProperties: Bool
  ) {
    // Only an escape can put a character here that the check of the whole file did not see.
    if style == .doubleQuoted, let scalar = UnusableCharacter.first(in: text) {
      findings.append(place, "\(UnusableCharacter.name(scalar)) is not allowed, even escaped")
    }
    // A document of nothing but comments is this to libyaml. Documents that a tag or an anchor
    // makes non-empty are refused already.
    if open.isEmpty, text.isEmpty, style == .plain, !hasProperties { return }
    add(Node.Scalar(text: text, isPlain: style == .plain, place: place), isRefused: false)
  }

  private mutating func add(_ scalar: Node.Scalar, isRefused: Bool) {
    guard let last = open.indices.last, open[last].expectsKey else {
      add(.scalar(scalar))
      return
    }
    if isRefused {
      open[last].skipEntry()
    } else {
      addKey(scalar, to: last)
    }
  }

  private mutating func addKey(_ key: Node.Scalar, to index: Int) {
    let isUsable = check(key)
    if isUsable, let first = open[index].firstPlace(of: key.text) {
      let lineAndColumn = "\(first.line):\(first.column)"
      findings.append(
        key.place, "duplicate key \(Excerpt.quoted(key.text)), first used at \(lineAndColumn)")
      open[index].skipEntry()
    } else if isUsable {
      open[index].beginEntry(key)
    } else {
      open[index].skipEntry()
    }
  }

  private mutating func check(_ key: Node.Scalar) -> Bool {
    if key.text.isEmpty {
      findings.append(key.place, "empty key")
    } else if key.text.utf8.count > YAMLReader.keyLimit {
      findings.append(
        key.place, "key of \(key.text.utf8.count) bytes, the limit is \(YAMLReader.keyLimit)")
    } else if key.isPlain, key.text == "<<" {
      findings.append(
        key.place, "merge keys are not supported", hint: "share settings with a profile")
    } else {
      return true
    }
    return false
  }

  private mutating func add(_ node: consuming Node) {
    guard let last = open.indices.last else {
      documents.append(node)
      return
    }
    open[last].append(node)
  }

  private mutating func begin(_ collection: consuming OpenCollection) {
    guard open.count < YAMLReader.depthLimit else {
      findings.append(
        collection.place, "more than \(YAMLReader.depthLimit) levels of nesting",
        hint: "quote the value if it is a text that begins with \"[\" or \"{\"")
      // libyaml gets slow from here on.
      hasEnded = true
      return
    }
    if let last = open.indices.last, open[last].expectsKey {
      findings.append(
        collection.place, "a \(collection.kind) is used as a key",
        hint: "quote the key if it is a text that begins with \"[\" or \"{\"")
      open[last].skipEntry()
      collection.isRefusedKey = true
    }
    open.append(collection)
  }

  private mutating func endCollection() {
    guard let collection = open.popLast(), !collection.isRefusedKey else { return }
    add(collection.node)
  }
}

// MARK: What is refused

extension DocumentBuilder {
  private mutating func refuse(_ property: Event.Property, _ place: Place) {
    switch property {
    case .anchor(let name):
      findings.append(
        place, "anchors are not supported, found \(Excerpt.quoted("&" + name))",
        hint: "share settings with a profile, or quote the value if it is a text")
    case .tag(let name):
      findings.append(
        place, "tags are not supported, found \(Excerpt.quoted(name))",
        hint: "quote the value if it is a text")
    }
  }

  private mutating func refuseAlias(_ name: String, _ place: Place) {
    findings.append(
      place, "aliases are not supported, found \(Excerpt.quoted("*" + name))",
      hint: "share settings with a profile, or quote the value if it is a text")
  }

  /// The event begins at the first directive, which may be `%YAML`.
  private mutating func refuseTagDirective(after mark: Mark) {
    let line = source.firstLine(from: mark.line, withPrefix: "%TAG")
    findings.append(
      Mark(line: line ?? mark.line, column: 0).place(in: source.file),
      "%TAG directives are not supported")
  }
}
