import Git
import PKI
import Parallel

/// Reads every file of the ledger, of all days, and says which are not what their path says.
struct LedgerAudit {
  /// Files that are held at once: enough to keep all cores busy, few enough to forget soon.
  private static let batch = 4_096
  /// The record of a run that issued a million certificates, and room.
  private static let fileLimit = 1 << 30

  let tree: ObjectID

  func read(
    in repository: borrowing Repository, _ blobs: inout BlobScan
  ) throws(ReconcileError) -> AuditedLedger {
    var ledger = AuditedLedger()
    let listing = try git { () throws(GitError) in
      try repository.files(below: LedgerPath.folder, in: tree)
    }
    guard let listing else {
      ledger.problems.append(AuditProblem(LedgerPath.folder, "is missing"))
      return ledger
    }
    for problem in listing.problems {
      ledger.problems.append(
        AuditProblem(
          "\(LedgerPath.folder)/\(problem.path)", "is no plain file of git's: \(problem)"))
    }
    for start in stride(from: 0, to: listing.files.count, by: Self.batch) {
      let end = min(start + Self.batch, listing.files.count)
      var files: [File] = []
      for file in listing.files[start..<end] {
        let path = "\(LedgerPath.folder)/\(file.path)"
        guard let bytes = try blobs.read(file.id, at: path, limit: Self.fileLimit, in: repository)
        else { continue }
        files.append(File(path: path, bytes: bytes))
      }
      let batch = files
      for found in Workers.map(batch.count, { batch[$0].map(Self.examine) }) {
        Self.add(found, to: &ledger)
      }
    }
    return ledger
  }

  private struct File: Sendable {
    let path: String
    let bytes: [UInt8]
  }

  private enum Found: Sendable {
    case certificate(AuditedLedger.Certificate)
    case event(LedgerEvent)
    case run
    case suspension(SuspensionRecord)
    case simulatedTime
    case problem(AuditProblem)
  }

  private static func add(_ found: Found, to ledger: inout AuditedLedger) {
    switch found {
    case .certificate(let certificate): ledger.certificates.append(certificate)
    case .event(let event):
      ledger.events[event.id, default: []].append(event)
      ledger.eventCount += 1
    case .run: ledger.runCount += 1
    case .suspension(let record): ledger.suspensions.append(record)
    case .simulatedTime: ledger.isSimulated = true
    case .problem(let problem): ledger.problems.append(problem)
    }
  }

  private static func examine(_ file: File) -> Found {
    do throws(ReconcileError) {
      return try parse(file)
    } catch {
      let message: String
      if case .damagedLedger(_, let reason) = error {
        message = reason
      } else {
        message = error.message
      }
      return .problem(
        AuditProblem(file.path, message, hint: "restore the branch from a copy that is whole"))
    }
  }

  private static func parse(_ file: File) throws(ReconcileError) -> Found {
    if file.path == LedgerPath.simulatedTime { return .simulatedTime }
    if file.path.hasPrefix(LedgerPath.issued + "/") {
      let certificate = try LedgerReader.certificate(file.bytes, path: file.path)
      return .certificate(
        AuditedLedger.Certificate(
          path: file.path, certificate: certificate, isImported: isImported(file.bytes)))
    }
    if file.path.hasPrefix(LedgerPath.runs + "/") {
      guard RunRecordName.fits(file.path, content: file.bytes) else {
        throw .damagedLedger(path: file.path, reason: "is not named by its own content")
      }
      return .run
    }
    if file.path.hasPrefix(LedgerPath.suspensions + "/") {
      return .suspension(try LedgerReader.suspension(file.bytes, path: file.path))
    }
    for kind in LedgerEvent.Kind.allCases where file.path.hasPrefix(kind.folder + "/") {
      return .event(try LedgerReader.event(file.bytes, path: file.path, kind))
    }
    throw .damagedLedger(path: file.path, reason: "is not a path of the ledger")
  }

  /// Only lines before the first PEM block count.
  private static func isImported(_ bytes: [UInt8]) -> Bool {
    let preamble = bytes.prefix(2_048).split(separator: UInt8(ascii: "\n"))
      .prefix { !$0.starts(with: "-----BEGIN ".utf8) }
    return preamble.contains { $0.starts(with: AuditedLedger.importedField.utf8) }
  }
}
