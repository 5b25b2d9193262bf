import PKI
import YAML

/// Turns the bytes of ledger files into values and checks that each is what its path says.
enum LedgerReader {
  static func certificate(
    _ bytes: [UInt8], path: String
  ) throws(ReconcileError) -> IssuedCertificate {
    var reader = LedgerCertificate.Reader()
    return try certificate(bytes, path: path, with: &reader)
  }

  /// - Parameter blob: the object that holds the bytes.
  static func certificate(
    _ bytes: [UInt8], path: String, blob: ObjectID? = nil,
    with reader: inout LedgerCertificate.Reader
  ) throws(ReconcileError) -> IssuedCertificate {
    let below = path.dropFirst(LedgerPath.issued.count + 1)
    guard let place = LedgerPath.parse(String(below), ending: ".pem") else {
      throw .damagedLedger(path: path, reason: "is not a path of the ledger")
    }
    let certificate: IssuedCertificate
    do {
      certificate = try reader.decode(bytes, issuer: place.id.issuer, record: blob)
    } catch {
      throw .damagedLedger(path: path, reason: "\(error)")
    }
    guard certificate.id == place.id,
      certificate.facts.notAfter.compactDay == place.day.compactDay
    else {
      throw .damagedLedger(path: path, reason: "holds another certificate than its path says")
    }
    return certificate
  }

  static func event(
    _ bytes: [UInt8], path: String, _ kind: LedgerEvent.Kind
  ) throws(ReconcileError) -> LedgerEvent {
    let below = path.dropFirst(kind.folder.count + 1)
    guard let place = LedgerPath.parse(String(below), ending: ".yaml") else {
      throw .damagedLedger(path: path, reason: "is not a path of the ledger")
    }
    guard let event = try read(bytes, path: path, sequence: place.sequence),
      event.id == place.id, event.action.kind == kind,
      event.notAfter.compactDay == place.day.compactDay
    else { throw .damagedLedger(path: path, reason: "is not an event of the ledger") }
    return event
  }

  private static func read(
    _ bytes: [UInt8], path: String, sequence: Int
  ) throws(ReconcileError) -> LedgerEvent? {
    let text = String(decoding: bytes, as: UTF8.self)
    if let event = LedgerEvent(written: text, sequence: sequence) { return event }
    // Somebody wrote it in other words, or it is damaged.
    let documents: [Node]
    do throws(YAMLError) {
      documents = try YAMLReader.documents(in: bytes, file: path)
    } catch {
      throw .damagedLedger(
        path: path, reason: error.findings.first?.message ?? "is not YAML")
    }
    return documents.count == 1 ? LedgerEvent(documents[0], sequence: sequence) : nil
  }

  static func suspension(
    _ bytes: [UInt8], path: String
  ) throws(ReconcileError) -> SuspensionRecord {
    guard let documents = try? YAMLReader.documents(in: bytes, file: path), documents.count == 1,
      let record = SuspensionRecord(documents[0], path: path)
    else { throw .damagedLedger(path: path, reason: "is not a record of a suspension") }
    return record
  }

  static func partition(
    _ bytes: [UInt8], path: String
  ) throws(ReconcileError) -> RevocationListPartition {
    do {
      return try RevocationListPartition(RevocationListFacts(bytes))
    } catch {
      throw .damagedLedger(path: path, reason: "\(error)")
    }
  }

  static func revocationList(
    _ bytes: [UInt8], path: String, issuer: KeyID
  ) throws(ReconcileError) -> PublishedRevocationList {
    do {
      return try PublishedRevocationList(RevocationListFacts(bytes), issuer: issuer)
    } catch {
      throw .damagedLedger(path: path, reason: "\(error)")
    }
  }
}
