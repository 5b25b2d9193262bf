/// Reads a mapping field by field and knows in the end which keys nobody asked for.
struct MappingDecoder {
  /// How messages call the mapping: `Client`, `"crl"`.
  let noun: String
  let place: Place
  let findings: FindingCollector
  private let entries: [Node.Entry]
  private var isTaken: [Bool]

  init(noun: String, entries: [Node.Entry], place: Place, findings: FindingCollector) {
    self.noun = noun
    self.place = place
    self.findings = findings
    self.entries = entries
    isTaken = [Bool](repeating: false, count: entries.count)
  }

  /// The value of a field; nil when it is not there or wrong, which is reported.
  mutating func take<Value>(_ field: Field<Value>) -> Value? {
    guard let index = index(of: field.name) else {
      if field.isRequired {
        findings.add(
          place, "\(quoted(field.name)) is missing", hint: "write \(field.shape.expected)")
      }
      return nil
    }
    isTaken[index] = true
    return field.shape.read(
      entries[index].value, FieldContext(name: field.name, findings: findings))
  }

  func has(_ name: String) -> Bool { index(of: name) != nil }

  func place(of name: String) -> Place {
    index(of: name).map { entries[$0].value.place } ?? place
  }

  /// Where the value of each field was written.
  var places: FieldPlaces {
    FieldPlaces(
      entries.filter { $0.key.text != "kind" }.map { ($0.key.text, $0.value.place) })
  }

  /// Reports the keys that are no fields, and the rules that do not hold.
  mutating func finish(fields: [FieldDescription], rules: [FieldRule]) {
    for (entry, isTaken) in zip(entries, isTaken) where !isTaken {
      findings.add(
        entry.key.place, "\(quoted(entry.key.text)) is not a field of \(noun)",
        hint: Suggestion.hint(
          for: entry.key.text, in: fields.map(\.name).filter { !has($0) },
          what: "further fields of \(noun)"))
    }
    for rule in rules {
      if let problem = rule.problem(has) { findings.add(place, problem) }
    }
  }

  private func index(of name: String) -> Int? {
    entries.firstIndex { $0.key.text == name }
  }
}
