import Foundation
import PKI

/// A certification authority of the `openssl` command, for tests that need certificates which no
/// sound program would issue.
final class OpenSSLAuthority: Sendable {
  let folder: TemporaryFolder
  /// PEM files.
  let certificate: URL
  let key: URL
  let name: PrintedName
  /// This certificate and those above it, the root last.
  let chain: [URL]

  /// Attributes in encoding order, with OpenSSL's short names.
  init(
    _ subject: [(String, String)], issuer: OpenSSLAuthority? = nil, key existing: URL? = nil
  ) throws {
    folder = try TemporaryFolder()
    name = PrintedName(subject.map { (oid: Self.oid($0.0), value: $0.1) })
    key = try existing ?? Self.makeKey(folder.url("ca.key"))
    try folder.write("index.txt", "")
    try folder.write("index.txt.attr", "unique_subject = no\n")
    try folder.write("crlnumber", "01\n")
    certificate = folder.url("ca.pem")
    try folder.write("ca.conf", Self.configuration(folder.root.path, key.path))
    try FileManager.default.createDirectory(
      at: folder.url("new"), withIntermediateDirectories: true)
    if let issuer {
      let request = try Self.request(subject, key: key, folder: folder)
      try issuer.sign(request, to: certificate, extensions: "v3_ca")
      chain = [certificate] + issuer.chain
    } else {
      try Tool.check(
        ["openssl", "req", "-new", "-x509", "-utf8", "-key", key.path, "-days", "30"]
          + ["-config", folder.url("ca.conf").path, "-extensions", "v3_ca"]
          + ["-subj", Self.subjectArgument(subject), "-out", certificate.path])
      chain = [certificate]
    }
  }

  /// A leaf with a new key: its certificate with the intermediates above it, and the key.
  struct Leaf: Sendable {
    let certificate: URL
    let key: URL
    /// The leaf alone.
    let bare: URL
    let name: PrintedName
    let serial: SerialNumber
  }

  /// `openssl ca` keeps its books in files without locking them.
  private let lock = NSRecursiveLock()
  private static let serials = NSLock()
  nonisolated(unsafe) private static var lastSerial = 0x5a00

  func issue(
    _ subject: [(String, String)], usage: String = "clientAuth", names: String = "",
    from: String? = nil, until: String? = nil, rsa: Int? = nil, key existing: URL? = nil
  ) throws -> Leaf {
    let tag = UUID().uuidString.lowercased()
    let key = try existing ?? Self.makeKey(folder.url("\(tag).key"), rsa: rsa)
    let request = try Self.request(subject, key: key, folder: folder)
    let bare = folder.url("\(tag).crt")
    let section = "leaf_\(tag)"
    let alternative = names.isEmpty ? "" : "subjectAltName=\(names)\n"
    let extensions = try folder.write(
      "\(tag).ext",
      "[\(section)]\nbasicConstraints=critical,CA:false\nkeyUsage=critical,digitalSignature\n"
        + "extendedKeyUsage=\(usage)\n\(alternative)")
    let serial = try sign(
      request, to: bare, extensions: section, file: extensions, from: from, until: until)
    let full = folder.url("\(tag).pem")
    try Self.join([bare] + chain.dropLast()).write(to: full)
    return Leaf(
      certificate: full, key: key, bare: bare,
      name: PrintedName(subject.map { (oid: Self.oid($0.0), value: $0.1) }), serial: serial)
  }

  func revoke(_ certificate: URL) throws {
    try ca(["-revoke", certificate.path])
  }

  /// A new CRL in PEM.
  func revocationList() throws -> [UInt8] {
    lock.lock()
    defer { lock.unlock() }
    let file = folder.url("crl.pem")
    try ca(["-gencrl", "-crldays", "20", "-out", file.path])
    return Array(try Data(contentsOf: file))
  }

  static func join(_ files: some Sequence<URL>) throws -> Data {
    try files.reduce(into: Data()) { $0 += try Data(contentsOf: $1) }
  }

  static func oid(_ label: String) -> String {
    PrintedName.labels.first { $0.value == label }?.key ?? label
  }

  // MARK: - openssl

  @discardableResult
  private func sign(
    _ request: URL, to output: URL, extensions: String, file: URL? = nil, from: String? = nil,
    until: String? = nil
  ) throws -> SerialNumber {
    let number = Self.serials.withLock { () -> Int in
      unsafe Self.lastSerial += 1
      return unsafe Self.lastSerial
    }
    let hex = String(number, radix: 16)
    lock.lock()
    defer { lock.unlock() }
    try folder.write("serial", "0\(hex)ABCDEF0123456789\n".suffix(21).description)
    try ca(
      ["-in", request.path, "-out", output.path, "-notext", "-preserveDN", "-utf8"]
        + ["-extensions", extensions] + (file.map { ["-extfile", $0.path] } ?? [])
        + ["-startdate", from ?? "20250101000000Z", "-enddate", until ?? "20400101000000Z"])
    let text = try Tool.check(["openssl", "x509", "-in", output.path, "-noout", "-serial"])
    let digits = text.trimmingCharacters(in: .whitespacesAndNewlines).dropFirst("serial=".count)
    guard let serial = SerialNumber(hex: digits) else {
      throw ToolFailure(description: "no serial in \(text)")
    }
    return serial
  }

  private func ca(_ arguments: [String]) throws {
    lock.lock()
    defer { lock.unlock() }
    try Tool.check(
      ["openssl", "ca", "-batch", "-config", folder.url("ca.conf").path] + arguments)
  }

  private static func makeKey(_ file: URL, rsa: Int? = nil) throws -> URL {
    let kind =
      rsa.map { ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:\($0)"] }
      ?? ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
    try Tool.check(["openssl", "genpkey"] + kind + ["-out", file.path])
    return file
  }

  private static func request(_ subject: [(String, String)], key: URL, folder: TemporaryFolder)
    throws -> URL
  {
    let file = folder.url(UUID().uuidString + ".csr")
    try Tool.check(
      ["openssl", "req", "-new", "-utf8", "-key", key.path, "-out", file.path]
        + ["-config", folder.url("ca.conf").path, "-subj", subjectArgument(subject)])
    return file
  }

  private static func subjectArgument(_ subject: [(String, String)]) -> String {
    subject.map { label, value in
      "/\(label)=" + value.map { "/\\+=".contains($0) ? "\\\($0)" : String($0) }.joined()
    }.joined()
  }

  private static func configuration(_ folder: String, _ key: String) -> String {
    """
    [ca]
    default_ca = here
    [here]
    database = \(folder)/index.txt
    serial = \(folder)/serial
    crlnumber = \(folder)/crlnumber
    new_certs_dir = \(folder)/new
    certificate = \(folder)/ca.pem
    private_key = \(key)
    default_md = sha256
    default_days = 30
    policy = anything
    unique_subject = no
    email_in_dn = yes
    crl_extensions = crl
    [anything]
    [crl]
    authorityKeyIdentifier = keyid:always
    [req]
    distinguished_name = dn
    string_mask = utf8only
    [dn]
    [v3_ca]
    basicConstraints = critical,CA:true
    keyUsage = critical,keyCertSign,cRLSign
    subjectKeyIdentifier = hash
    """
  }
}
