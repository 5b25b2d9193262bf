import Cryptography
import PKI
import Testing

private let rsa = ["genpkey", "-algorithm", "RSA", "-pkeyopt"]

@Suite struct PublicKeyCheckTests {
  private func info(_ arguments: [String], _ conversion: [String] = []) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let made = try folder.openssl(arguments + ["-out", "key.pem"])
    try #require(made.status == 0, "\(made.errors)")
    let converted = try folder.openssl(
      ["pkey", "-in", "key.pem", "-pubout", "-outform", "DER", "-out", "key.der"] + conversion)
    try #require(converted.status == 0, "\(converted.errors)")
    return try folder.read("key.der")
  }

  private func refusal(_ info: [UInt8]) -> String {
    do throws(PublicKeyRefusal) {
      return "accepted \(try PublicKey(checking: info).algorithm)"
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [
    (rsa + ["rsa_keygen_bits:1024"], "1024 bits"), (rsa + ["rsa_keygen_bits:2056"], "2056 bits"),
    (rsa + ["rsa_keygen_pubexp:3"], "65537"),
    (["ecparam", "-genkey", "-name", "secp256k1", "-noout"], "curve 1.3.132.0.10"),
    (["ecparam", "-genkey", "-name", "prime192v1", "-noout"], "curve 1.2.840.10045.3.1.1"),
    (["genpkey", "-algorithm", "ED448"], "1.3.101.113"),
    (["genpkey", "-algorithm", "X25519"], "1.3.101.110"),
    (["genpkey", "-algorithm", "RSA-PSS"], "1.2.840.113549.1.1.10"),
  ])
  func `a key that is weak or of another kind is refused by name`(
    _ arguments: [String], _ words: String
  ) throws {
    let reason = refusal(try info(arguments))
    #expect(reason.contains(words), "\(reason)")
  }

  @Test func `compressed points and spelled-out curves are refused`() throws {
    let curve = ["ecparam", "-genkey", "-name", "prime256v1", "-noout"]
    let compressed = refusal(try info(curve, ["-ec_conv_form", "compressed"]))
    #expect(compressed.contains("compressed"))
    let explicit = refusal(try info(curve, ["-ec_param_enc", "explicit"]))
    #expect(explicit.contains("spells out"))
  }

  @Test func `a point off the curve and bytes after the key are refused`() throws {
    var info = try PrivateKey.generate(.ecdsaP256).publicKey.subjectPublicKeyInfo
    #expect(refusal(info + [0]).contains("SubjectPublicKeyInfo"))
    info[info.count - 1] ^= 1
    #expect(refusal(info).contains("not a valid key"))
  }

  @Test func `points of small order are refused`() throws {
    let prefix = try #require(Hex.decode("302a300506032b6570032100"))
    for first in [UInt8(0), 1] {
      let point = [first] + [UInt8](repeating: 0, count: 31)
      #expect(refusal(prefix + point).contains("small order"))
      #expect(refusal(prefix + point.dropLast() + [0x80]).contains("small order"))
    }
  }

  @Test func `no prefix or changed byte of a key makes the check fail to answer`() throws {
    for algorithm in [KeyAlgorithm.ecdsaP384, .ed25519] {
      let info = try PrivateKey.generate(algorithm).publicKey.subjectPublicKeyInfo
      for index in info.indices {
        #expect(refusal(Array(info.prefix(index))).contains("SubjectPublicKeyInfo"))
        var altered = info
        altered[index] ^= 0xff
        #expect(!refusal(altered).isEmpty)
      }
    }
  }

  @Test(arguments: [
    (["rsa:2048"], "1.2.840.113549.1.1.11", "-sha256"),
    (["rsa:2048"], "1.2.840.113549.1.1.13", "-sha512"),
    (["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "1.2.840.10045.4.3.3", "-sha384"),
    (["ed25519"], "1.3.101.112", "-sha256"),
  ])
  func `a request's signature proves possession`(
    _ key: [String], _ algorithm: String, _ digest: String
  ) throws {
    let folder = try TemporaryFolder()
    let made = try folder.openssl(
      ["req", "-new", "-noenc", "-keyout", "key.pem", "-subj", "/CN=x", digest, "-outform", "DER"]
        + ["-out", "request.der", "-newkey"] + key)
    try #require(made.status == 0, "\(made.errors)")
    let parts = try parse(try folder.read("request.der"))
    func check(_ bytes: [UInt8], _ oid: String) throws -> Bool {
      try CertificateSigningRequest.verifySignature(
        of: bytes, signature: parts.signature, algorithmOID: oid, subjectPublicKeyInfo: parts.key)
    }
    #expect(try check(parts.info, algorithm))
    #expect(try !check(parts.info + [0], algorithm))
    for weak in ["1.2.840.113549.1.1.5", "1.2.840.113549.1.1.4", "1.2.840.10045.4.1", "1.2.3"] {
      #expect(throws: OpenSSLError.self) { try check(parts.info, weak) }
    }
    let foreign = key == ["ed25519"] ? "1.2.840.10045.4.3.2" : "1.3.101.112"
    #expect(throws: OpenSSLError.self) { try check(parts.info, foreign) }
  }

  /// The signed bytes, the key and the signature of a request that `openssl` has just made.
  private func parse(
    _ der: [UInt8]
  ) throws -> (info: [UInt8], key: [UInt8], signature: [UInt8]) {
    func element(_ bytes: ArraySlice<UInt8>) throws -> (ArraySlice<UInt8>, ArraySlice<UInt8>) {
      let start = bytes.startIndex
      let first = Int(bytes[start + 1])
      let digits = first < 0x80 ? 0 : first & 0x7f
      let length =
        digits == 0
        ? first : bytes[start + 2..<start + 2 + digits].reduce(0) { $0 << 8 | Int($1) }
      let end = start + 2 + digits + length
      return (bytes[start..<end], bytes[start + 2 + digits..<end])
    }
    let outer = try element(der[...]).1
    let (info, fields) = try element(outer)
    let algorithm = try element(outer[info.endIndex...]).0
    let signature = try element(outer[algorithm.endIndex...]).1
    let version = try element(fields).0
    let subject = try element(fields[version.endIndex...]).0
    let key = try element(fields[subject.endIndex...]).0
    return (Array(info), Array(key), Array(signature.dropFirst()))
  }
}
