import Cryptography
import PKI

/// Looks at a bundle before a proxy loads it: a proxy that starts with a stale CRL or a chain that
/// does not hold refuses everybody, and its own syntax check does not notice.
struct BundleCheck {
  let now: Timestamp

  /// What was found in a bundle's PEM files.
  private struct Material {
    var certificates: [(file: String, facts: CertificateFacts, isFirst: Bool)] = []
    var lists: [(file: String, facts: RevocationListFacts)] = []
  }

  /// - Parameter installed: what lies on the host now; no CRL may be older than the one there.
  /// - Returns: every reason against the bundle.
  func problems(in bundle: [ProxyBundle.File], installed: [ProxyBundle.File]) -> [String] {
    var problems: [String] = []
    let material = Self.material(bundle) { problems.append($0) }
    guard problems.isEmpty else { return problems }
    problems += material.certificates.flatMap { certificate(in: $0, material) }
    problems += material.lists.flatMap { list(in: $0, material) }
    let before = Self.material(installed) { _ in }
    problems += material.lists.compactMap { older($0, than: before) }
    return problems
  }

  private static func material(
    _ files: [ProxyBundle.File], _ report: (String) -> Void
  ) -> Material {
    var material = Material()
    for file in files where file.path.hasSuffix(".pem") {
      do throws(DERError) {
        for (index, block) in try PEM.blocks(in: file.bytes).enumerated() {
          switch block.label {
          case PEM.certificate:
            material.certificates.append(
              (file.path, try CertificateFacts(block.der), index == 0))
          case PEM.revocationList:
            material.lists.append((file.path, try RevocationListFacts(block.der)))
          default: report("\"\(file.path)\" holds a PEM block \"\(block.label)\"")
          }
        }
      } catch {
        report("\"\(file.path)\" cannot be read: \(error)")
      }
    }
    return material
  }

  // MARK: - Certificates

  private func certificate(
    in one: (file: String, facts: CertificateFacts, isFirst: Bool), _ material: Material
  ) -> [String] {
    let (file, facts, _) = one
    let name = facts.subject.rfc4514
    var problems: [String] = []
    if facts.notAfter < now {
      problems.append("\"\(file)\": the certificate of \"\(name)\" expired at \(facts.notAfter)")
    }
    if facts.notBefore > now {
      problems.append("\"\(file)\": the certificate of \"\(name)\" begins at \(facts.notBefore)")
    }
    // A server's file leaves its root out; whatever else is named as an issuer must be beside it.
    guard let issuer = issuer(of: facts, material) else { return problems }
    do {
      _ = try CertificateJudge(issuer: issuer).judge(facts.der)
    } catch {
      problems.append("\"\(file)\": the certificate of \"\(name)\" \(error)")
    }
    return problems
  }

  private func issuer(of facts: CertificateFacts, _ material: Material) -> PublicKey? {
    issuer(named: facts.issuer, key: facts.authorityKeyIdentifier, material)
  }

  private func issuer(
    named name: DistinguishedName, key: [UInt8]?, _ material: Material
  ) -> PublicKey? {
    let candidates = material.certificates.map(\.facts).filter {
      $0.isAuthority && $0.subject == name
    }
    let byKey = candidates.first { key != nil && $0.subjectKeyIdentifier == key }
    return (byKey ?? (key == nil ? candidates.first : nil))?.publicKey
  }

  // MARK: - CRLs

  private func list(
    in one: (file: String, facts: RevocationListFacts), _ material: Material
  ) -> [String] {
    let (file, facts) = one
    let name = facts.issuer.rfc4514
    var problems = facts.problems.map { "\"\(file)\": the CRL of \"\(name)\": \($0)" }
    if let next = facts.nextUpdate, next < now {
      problems.append("\"\(file)\": the CRL of \"\(name)\" is stale since \(next)")
    }
    if facts.thisUpdate > now {
      problems.append("\"\(file)\": the CRL of \"\(name)\" begins at \(facts.thisUpdate)")
    }
    guard
      let issuer = issuer(named: facts.issuer, key: facts.authorityKeyIdentifier, material)
    else { return problems + ["\"\(file)\": the CRL of \"\(name)\" has no issuer in the bundle"] }
    do {
      _ = try CertificateJudge(issuer: issuer).judge(revocationList: facts.der)
    } catch {
      problems.append("\"\(file)\": the CRL of \"\(name)\" \(error)")
    }
    return problems
  }

  /// A bundle from an old clone must not bring revoked clients back.
  private func older(
    _ one: (file: String, facts: RevocationListFacts), than before: Material
  ) -> String? {
    guard let number = one.facts.number else { return nil }
    let numbers = before.lists.filter {
      $0.facts.issuer == one.facts.issuer
        && $0.facts.authorityKeyIdentifier == one.facts.authorityKeyIdentifier
    }.compactMap(\.facts.number)
    guard let newest = numbers.max(), number < newest else { return nil }
    return "\"\(one.file)\": the CRL of \"\(one.facts.issuer.rfc4514)\" has number 0x\(number),"
      + " older than the installed 0x\(newest)"
  }
}
