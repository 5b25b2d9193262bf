/// Where the ledger keeps what: one file per certificate and event, found by issuing key, by the UTC
/// day of notAfter and by the first byte of the serial number.
///
/// A day's folders are read only while certificates of that day can matter, and a new file touches
/// only trees with few entries.
package enum LedgerPath {
  package static let folder = "ledger"
  package static let issued = "ledger/issued"
  package static let revoked = "ledger/revoked"
  package static let retired = "ledger/retired"
  package static let renamed = "ledger/renamed"
  package static let runs = "ledger/runs"
  package static let suspensions = "ledger/suspensions"
  /// Its presence says that the branch was born with simulated time.
  package static let simulatedTime = "ledger/simulated-time"

  /// The ledger folder of one certificate's file or event, with the file's name without ending.
  private static func stem(_ id: CertificateID, notAfter: Timestamp) -> String {
    "\(id.issuer)/\(notAfter.compactDay)/\(Hex.encode(id.serial.bytes.prefix(1)))/\(id.serial)"
  }

  package static func certificate(_ id: CertificateID, notAfter: Timestamp) -> String {
    "\(issued)/\(stem(id, notAfter: notAfter)).pem"
  }

  /// The file of an event of a certificate; the first event of its kind has no number, so that two
  /// branches that record the same event agree on its place.
  package static func event(
    _ kind: LedgerEvent.Kind, _ id: CertificateID, notAfter: Timestamp, sequence: Int
  ) -> String {
    let number = sequence == 0 ? "" : ".\(sequence)"
    return "\(kind.folder)/\(stem(id, notAfter: notAfter))\(number).yaml"
  }

  package static func run(at time: Timestamp, digest: String) -> String {
    let civil = time.date.split(separator: "-")
    return "\(runs)/\(civil.joined(separator: "/"))/\(digest).json"
  }

  /// The parts of a ledger file's path below its kind's folder.
  package struct Parsed: Hashable, Sendable {
    package let id: CertificateID
    /// The first second of the UTC day of notAfter.
    package let day: Timestamp
    package let sequence: Int
  }

  /// Reads `KEYID/YYYYMMDD/SS/SERIAL[.N].ENDING`, or gives nil for anything else.
  package static func parse(_ path: String, ending: String) -> Parsed? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 4, let issuer = KeyID(hex: parts[0]),
      let day = Timestamp(compactDay: parts[1]), parts[3].hasSuffix(ending)
    else { return nil }
    let file = parts[3].dropLast(ending.count).split(
      separator: ".", omittingEmptySubsequences: false)
    guard let serial = file.first.flatMap({ SerialNumber(canonicalHex: $0) }), file.count <= 2,
      file[0].utf8.prefix(2).elementsEqual(parts[2].utf8)
    else { return nil }
    guard file.count == 2 else {
      return Parsed(id: CertificateID(issuer: issuer, serial: serial), day: day, sequence: 0)
    }
    guard let sequence = Int(file[1]), sequence > 0 else { return nil }
    return Parsed(id: CertificateID(issuer: issuer, serial: serial), day: day, sequence: sequence)
  }
}
