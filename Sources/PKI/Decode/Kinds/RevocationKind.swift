extension DocumentKind {
  static let revocation = DocumentKind(
    name: "Revocation",
    about: "Ends an identity, some of its certificates, one certificate, or an authority.",
    fields: RevocationFields.all,
    rules: [
      .atLeastOne(["identity", "authority", "serial"]), .requires("issuer", "serial"),
      .requires("serial", "issuer"), .requires("issuedBefore", "identity"),
      .atMostOne(["identity", "authority"]), .atMostOne(["authority", "serial"]),
      .atMostOne(["issuedBefore", "serial"]), .requires("released", "reason"),
    ],
    decode: RevocationFields.decode)
}

private enum RevocationFields {
  static let identity = Field(
    "identity", .name, "The identity that ends, declared or known to the ledger alone.",
    example: "app2")
  static let issuedBefore = Field(
    "issuedBefore", .timestamp,
    "Only the identity's certificates whose notBefore is earlier; a new one follows.",
    example: "2026-11-23T15:04:05Z")
  static let authority = Field(
    "authority", .name, "The intermediate authority that ends.", example: "edge")
  static let issuer = Field(
    "issuer", .name, "The authority that signed the certificate with this serial number.",
    example: "edge")
  static let serial = Field(
    "serial", .serialNumber, "The serial number of one certificate, in hexadecimal.",
    example: "4d5a90b1c2d3e4f5a6b7c8d9e0f10213")
  static let reason = Field(
    "reason",
    Shape<RevocationReason>.choice(
      of: "a reason", RevocationReason.allCases.filter { $0 != .aACompromise }),
    "Why (RFC 5280 section 5.3.1); unspecified where it is not given.", example: "keyCompromise")
  static let released = Field(
    "released", .flag, "With certificateHold alone: the hold has ended.", example: true)

  static let all = [
    identity.description, issuedBefore.description, authority.description, issuer.description,
    serial.description, reason.description, released.description,
  ]

  static func decode(_ decoder: inout MappingDecoder, _ declarations: inout Declarations) {
    let before = decoder.findings.count
    let identity = decoder.take(identity)
    let issuedBefore = decoder.take(issuedBefore)
    let authority = decoder.take(authority)
    let issuer = decoder.take(issuer)
    let serial = decoder.take(serial)
    let reason = decoder.take(reason) ?? .unspecified
    let isReleased = decoder.take(released) ?? false
    if isReleased, reason != .certificateHold {
      decoder.findings.add(
        decoder.place(of: "released"), "only \"certificateHold\" can be released",
        hint: "what is revoked for another reason stays revoked")
    }
    if reason == .cACompromise, authority == nil {
      decoder.findings.add(
        decoder.place(of: "reason"), "\"cACompromise\" is a reason for authorities alone",
        hint: "did you mean \"keyCompromise\"?")
    }
    let target: Revocation.Target? =
      switch (identity, issuedBefore, authority, issuer, serial) {
      case (let name?, nil, nil, nil, nil): .identity(name)
      case (let name?, let time?, nil, nil, nil): .identityIssuedBefore(name, time)
      case (nil, nil, let name?, nil, nil): .authority(name)
      case (_, nil, nil, let issuer?, let serial?): .certificate(issuer: issuer, serial: serial)
      default: nil
      }
    guard let target, decoder.findings.count == before else { return }
    declarations.revocations.append(
      Revocation(
        place: decoder.place, target: target, reason: reason, isReleased: isReleased,
        fields: decoder.places, identity: identity))
  }
}

extension Shape where Value == Timestamp {
  static var timestamp: Shape {
    scalar("a moment, as in \"2026-11-23T15:04:05Z\"") { text throws(ValueProblem) in
      guard let time = Timestamp(text) else {
        throw ValueProblem(
          "is not a moment", hint: "write it in UTC, as in \"2026-11-23T15:04:05Z\"")
      }
      return time
    }
  }
}

extension Shape where Value == SerialNumber {
  static var serialNumber: Shape {
    scalar("a serial number in hexadecimal") { text throws(ValueProblem) in
      guard let serial = SerialNumber(hex: text) else {
        throw ValueProblem(
          "is not a serial number",
          hint: "write 1 to 20 bytes in hexadecimal, as \"openssl x509 -serial\" prints them")
      }
      return serial
    }
  }
}
