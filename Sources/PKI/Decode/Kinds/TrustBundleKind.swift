extension DocumentKind {
  static let trustBundle = DocumentKind(
    name: "TrustBundle",
    about: "Authorities whose directly issued leaves a relying party accepts.",
    fields: TrustBundleFields.all, decode: TrustBundleFields.decode)
}

private enum TrustBundleFields {
  static let name = Field(
    "name", .name, required: true, "The name of the bundle.", example: "edge-clients")
  static let authorities = Field(
    "authorities", .list(of: .name), required: true,
    "The authorities; their chains up to the roots follow.", example: ["edge"])
  static let isProtected = Field(
    "protected", .flag, "Removal needs this flag off first.", example: true)

  static let all = [name.description, authorities.description, isProtected.description]

  static func decode(_ decoder: inout MappingDecoder, _ declarations: inout Declarations) {
    let name = decoder.take(name)
    let before = decoder.findings.count
    let authorities = decoder.take(authorities)
    let isProtected = decoder.take(isProtected)
    declarations.trusted += authorities ?? []
    guard let name,
      declarations.declare(name, kind: "TrustBundle", place: decoder.place(of: "name")),
      let authorities, decoder.findings.count == before
    else { return }
    declarations.trustBundles.append(
      TrustBundle(
        name: name, place: decoder.place, authorities: authorities.map(\.value),
        isProtected: isProtected ?? false))
  }
}
