import Git
import PKI
import YAML

/// Finds what somebody asks about: a file, a name, or a serial number, in this order.
package struct Inspection {
  private static let fileLimit = 1 << 28

  let options: Options

  package init(_ options: Options) {
    self.options = options
  }

  /// Everything that a text means. A file is looked at as it lies there; where the published branch
  /// can be read, it says what has become of its certificates.
  package func inspect(_ text: String) throws(ReconcileError) -> [Inspected] {
    let kind = try git { () throws(GitError) in try HostFile.kind(of: text) }
    if let kind, kind != .folder {
      let bytes = try git { () throws(GitError) in
        try HostFile.read(text, limit: Self.fileLimit)
      }
      return try file(bytes ?? [], path: text)
    }
    let repository = try git { () throws(GitError) in try Repository(at: options.repository) }
    let published = try PublishedView(options, in: repository)
    if let name = Name(text), !published.state.certificates(of: name).isEmpty {
      return published.owner(name)
    }
    if let serial = SerialNumber(hex: text) {
      let found = try published.certificates(with: serial, in: repository)
      if !found.isEmpty { return found }
    }
    let near = Suggestion.nearest(to: text, in: published.state.owners.map(\.text))
    throw .invalid(
      "\"\(text)\" is no file, no name and no serial number that was issued",
      hint: near.map { "did you mean \"\($0)\"?" })
  }

  // MARK: - Files

  private func file(_ bytes: [UInt8], path: String) throws(ReconcileError) -> [Inspected] {
    if let finding = PrivateKeyScan.finding(in: bytes) {
      throw .invalid(
        "\"\(path)\" \(finding), which is never shown", hint: "name a file without a private key")
    }
    let view = PublishedView.ifReadable(options)
    if bytes.starts(with: "-----BEGIN ".utf8) || Self.hasPEMLine(bytes) {
      do {
        return try PEM.blocks(in: bytes).map { block in
          try FileInspector(now: options.now, view: view).block(block)
        }
      } catch {
        throw .invalid("\"\(path)\" cannot be read: \(error)", hint: nil)
      }
    }
    if bytes.first == DERTag.sequence.byte {
      return [try FileInspector(now: options.now, view: view).der(bytes, path: path)]
    }
    return [try record(bytes, path: path)]
  }

  private static func hasPEMLine(_ bytes: [UInt8]) -> Bool {
    bytes.split(separator: UInt8(ascii: "\n")).contains { $0.starts(with: "-----BEGIN ".utf8) }
  }

  /// A ledger event in YAML, or a run's record in JSON, which is YAML too.
  private func record(_ bytes: [UInt8], path: String) throws(ReconcileError) -> Inspected {
    let documents: [Node]
    do throws(YAMLError) {
      documents = try YAMLReader.documents(in: bytes, file: path)
    } catch {
      throw .invalid(
        "\"\(path)\" is no certificate, request, CRL or record",
        hint: "PEM, DER, and the files below ledger/ can be inspected")
    }
    if documents.count == 1, let event = LedgerEvent(documents[0], sequence: 0) {
      return RecordInspector.event(event)
    }
    if documents.count == 1, let run = RecordInspector.run(documents[0]) { return run }
    throw .invalid(
      "\"\(path)\" is no certificate, request, CRL or record",
      hint: "PEM, DER, and the files below ledger/ can be inspected")
  }
}
