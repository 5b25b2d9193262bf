import PKI

/// The ledger as far as it can be read, with where each certificate lies.
struct AuditedLedger: Sendable {
  struct Certificate: Sendable {
    let path: String
    let certificate: IssuedCertificate
    /// Made by another CA program before its authority was adopted: valid, but not of our profile.
    let isImported: Bool
  }

  var certificates: [Certificate] = []
  var events: [CertificateID: [LedgerEvent]] = [:]
  var eventCount = 0
  var runCount = 0
  var suspensions: [SuspensionRecord] = []
  var isSimulated = false
  var problems: [AuditProblem] = []

  /// The line before an adopted certificate that says so.
  static let importedField = "Imported: "
}
