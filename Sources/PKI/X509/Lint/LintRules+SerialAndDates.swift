extension CertificateLint {
  static let serialAndDateRules: [Rule] = [
    Rule(name: "serial-is-long", source: "BR 7.1.2.7") { candidate in
      // That it is positive and at most 20 octets long is in its type.
      guard let serial = candidate.signing?.serial, serial.bytes.count < 8 else { return [] }
      return ["the serial number \"\(serial)\" is shorter than 64 bits"]
    },
    Rule(name: "lifetime-is-real", source: "RFC 5280 4.1.2.5") { candidate in
      let lifetime = candidate.spec.lifetime
      return lifetime.seconds >= 2 && lifetime <= .longest
        ? [] : ["the lifetime of \(lifetime.seconds) seconds is too short or too long"]
    },
    Rule(name: "dates-can-be-written", source: "RFC 5280 4.1.2.5") { candidate in
      guard let notBefore = candidate.signing?.notBefore else { return [] }
      let earliest = Timestamp(CivilTime(year: 1950, month: 1, day: 1))
      let (last, overflows) = notBefore.seconds.addingReportingOverflow(
        candidate.spec.lifetime.seconds)
      return notBefore >= earliest && !overflows && last <= Timestamp.endOfTime.seconds
        ? [] : ["the validity does not fit between the years 1950 and 9999"]
    },
    Rule(name: "issuer-outlives", source: "RFC 5280 6.1.3 (a)(2)") { candidate in
      guard let signing = candidate.signing, let issuer = signing.path?.certificates.first else {
        return []
      }
      var found: [String] = []
      let notAfter = candidate.spec.notAfter(from: signing.notBefore)
      if notAfter > issuer.notAfter {
        found.append(
          "notAfter \(notAfter) is later than the issuer's, which is \(issuer.notAfter)")
      }
      if signing.notBefore < issuer.notBefore {
        found.append(
          "notBefore \(signing.notBefore) is earlier than the issuer's, "
            + "which is \(issuer.notBefore)")
      }
      return found
    },
  ]
}
