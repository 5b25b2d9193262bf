/// The settings that an identity has itself or takes from its profile.
struct IssuanceDraft: Sendable {
  var key: KeyAlgorithm?
  var lifetime: Lifetime?
  var renewBefore: Lifetime?
  var rotation: Identity.Rotation?
  var keyUsage: KeyUsage?
  var extendedKeyUsage: [ExtendedKeyUsage]?
}

enum IssuanceFields {
  private static let key = Field(
    "key", Shape<KeyAlgorithm>.choice(of: "a key algorithm"),
    "The kind of key; ecdsa-p256 where it is not given.",
    example: "ecdsa-p256")
  private static let lifetime = Field(
    "lifetime", .lifetime, "How long each certificate is valid; 90d where it is not given.",
    example: "90d")
  private static let renewBefore = Field(
    "renewBefore", .lifetime,
    "How long before expiry it is renewed; a third of the lifetime where it is not given.",
    example: "30d")
  private static let rotation = Field(
    "rotation", Shape<Identity.Rotation>.choice(of: "a rotation"),
    "Whether a renewal makes a new key: always, the default, or never.", example: "never")
  private static let keyUsage = Field(
    "keyUsage", .list(of: keyUsageBit),
    "The key usage in place of the default, digitalSignature and on RSA servers keyEncipherment.",
    example: ["digitalSignature"])
  private static let extendedKeyUsage = Field(
    "extendedKeyUsage", .list(of: purpose),
    "Purposes besides those of the kind: names, or dotted object identifiers.",
    example: ["codeSigning"])

  static let all = [
    key.description, lifetime.description, renewBefore.description, rotation.description,
    keyUsage.description, extendedKeyUsage.description,
  ]

  static func take(_ decoder: inout MappingDecoder) -> IssuanceDraft {
    var draft = IssuanceDraft()
    draft.key = decoder.take(key)
    draft.lifetime = decoder.take(lifetime)
    draft.renewBefore = decoder.take(renewBefore)
    draft.rotation = decoder.take(rotation)
    draft.keyUsage = decoder.take(keyUsage).map { bits in
      KeyUsage(bits.map(\.value))
    }
    draft.extendedKeyUsage = decoder.take(extendedKeyUsage)?.map(\.value)
    return draft
  }

  /// keyCertSign and cRLSign belong to authorities (RFC 5280 section 4.2.1.3).
  private static let leafBits = KeyUsage.names.filter { $0.0 != .keyCertSign && $0.0 != .cRLSign }

  private static let keyUsageBit = Shape<KeyUsage>.scalar(
    "a key usage", schema: ["enum": .array(leafBits.map { .string($0.1) })]
  ) { text throws(ValueProblem) in
    if let bit = leafBits.first(where: { $0.1 == text }) { return bit.0 }
    if KeyUsage.names.contains(where: { $0.1 == text }) {
      throw ValueProblem("is a key usage of authorities alone")
    }
    throw ValueProblem(
      "is not a key usage",
      hint: Suggestion.hint(for: text, in: leafBits.map(\.1), what: "key usages"))
  }

  private static let purpose = Shape<ExtendedKeyUsage>.scalar("a purpose") {
    text throws(ValueProblem) in
    let known = ExtendedKeyUsage.names.first { $0.1 == text }?.0
    guard let purpose = known ?? objectIdentifier(text) else {
      throw ValueProblem(
        "is not a purpose",
        hint: Suggestion.nearest(to: text, in: ExtendedKeyUsage.names.map(\.1)).map {
          "did you mean \(quoted($0))?"
        } ?? "write a name, as in \"codeSigning\", or a dotted object identifier")
    }
    if purpose == .any { throw ValueProblem("would make every other purpose meaningless") }
    if purpose.oid == ocspSigning {
      throw ValueProblem(
        "would let its holder vouch for every certificate of the issuer (RFC 6960 section 4.2.2.2)")
    }
    return purpose
  }

  private static let ocspSigning = "1.3.6.1.5.5.7.3.9"

  /// X.660: the first number is 0 to 2, and the second below 40 unless the first is 2.
  private static func objectIdentifier(_ text: String) -> ExtendedKeyUsage? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part in part.isEmpty ? nil : Int(decimal: part) }
    guard (2...32).contains(parts.count), numbers.count == parts.count, let first = numbers.first,
      first <= 2, first == 2 || numbers[1] < 40, numbers.allSatisfy({ $0 < 1 << 32 })
    else { return nil }
    return ExtendedKeyUsage(oid: text)
  }
}
