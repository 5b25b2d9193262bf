extension DocumentKind {
  static let profile = DocumentKind(
    name: "Profile", about: "Settings that identities share; what an identity says itself wins.",
    fields: ProfileFields.all, decode: ProfileFields.decode)
}

/// A profile as it is declared; nothing of it is left once the identities are resolved.
struct ProfileDraft: Sendable {
  let name: Name
  let place: Place
  let subject: SubjectDraft
  let issuance: IssuanceDraft
}

private enum ProfileFields {
  static let name = Field(
    "name", .name, required: true, "The name of the profile.", example: "short-lived")
  static let subject = Field(
    "subject", .mapping(SubjectFields.identity),
    "Per field, what an identity takes when it does not give the field itself.",
    example: ["organization": "Example", "country": "US"])

  static let all = [name.description, subject.description] + IssuanceFields.all

  static func decode(_ decoder: inout MappingDecoder, _ declarations: inout Declarations) {
    let name = decoder.take(name)
    let before = decoder.findings.count
    let subject = decoder.take(subject)
    let issuance = IssuanceFields.take(&decoder)
    guard let name,
      declarations.declare(name, kind: "Profile", place: decoder.place(of: "name")),
      decoder.findings.count == before
    else { return }
    declarations.profiles[name] = ProfileDraft(
      name: name, place: decoder.place, subject: subject ?? .empty, issuance: issuance)
  }
}
