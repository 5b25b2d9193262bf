import Cryptography
import PKI
import Testing

@Suite struct PrivateKeyTests {
  @Test(arguments: KeyAlgorithm.allCases)
  func `a key of every algorithm signs what its public half verifies`(
    _ algorithm: KeyAlgorithm
  ) throws {
    let key = try PrivateKey.generate(algorithm)
    let message = Array("attack at dawn".utf8)
    let signature = try key.sign(message)
    #expect(key.publicKey.algorithm == algorithm)
    #expect(try verify(signature: signature, of: message, by: key.publicKey))
    #expect(try !verify(signature: signature, of: message + [0], by: key.publicKey))
    #expect(try !verify(signature: [], of: message, by: key.publicKey))
    #expect(try !verify(signature: signature.dropLast(), of: message, by: key.publicKey))
    #expect(try PublicKey(checking: key.publicKey.subjectPublicKeyInfo) == key.publicKey)
  }

  @Test(arguments: KeyAlgorithm.allCases)
  func `openssl reads the hand-made public key and accepts the signature`(
    _ algorithm: KeyAlgorithm
  ) throws {
    let folder = try TemporaryFolder()
    let key = try PrivateKey.generate(algorithm)
    let message = [UInt8](repeating: 7, count: 700)
    try folder.write("key.der", key.publicKey.subjectPublicKeyInfo)
    try folder.write("message", message)
    try folder.write("signature", try key.sign(message))
    let check = try folder.openssl(
      "pkey", "-pubin", "-inform", "DER", "-in", "key.der", "-pubcheck", "-noout")
    #expect(check.status == 0, "\(check.errors)")
    let canonical = try folder.openssl(
      "pkey", "-pubin", "-inform", "DER", "-in", "key.der", "-outform", "DER", "-out", "again.der")
    #expect(canonical.status == 0, "\(canonical.errors)")
    #expect(try folder.read("again.der") == key.publicKey.subjectPublicKeyInfo)
    let how = algorithm == .ed25519 ? ["-rawin"] : ["-rawin", "-digest", digest(algorithm)]
    let verdict = try folder.openssl(
      ["pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key.der"] + how
        + ["-in", "message", "-sigfile", "signature"])
    #expect(verdict.status == 0, "\(verdict.errors)")
  }

  @Test func `a generator makes different keys and a signer signs many times`() throws {
    var generator = try KeyGenerator(.ecdsaP256)
    let first = try generator.next()
    let second = try generator.next()
    #expect(first.publicKey.id != second.publicKey.id)
    let signer = try Signer(first)
    let verifier = try Verifier(first.publicKey)
    for number in UInt8(0)..<20 {
      let message = [UInt8](repeating: number, count: 300)
      #expect(try verifier.accepts(try signer.sign(message), of: message))
    }
  }

  @Test func `the identifier is the start of the hash of the public bits`() throws {
    let folder = try TemporaryFolder()
    let key = try PrivateKey.generate(.ecdsaP256).publicKey
    try folder.write("bits", Array(key.subjectPublicKeyInfo.suffix(65)))
    let hash = try folder.openssl("dgst", "-sha256", "-r", "bits")
    #expect(hash.output.hasPrefix(key.id.hex))
  }

  private func digest(_ algorithm: KeyAlgorithm) -> String {
    switch algorithm {
    case .ecdsaP384: "sha384"
    case .ecdsaP521: "sha512"
    case .rsa2048, .rsa3072, .rsa4096, .ecdsaP256, .ed25519: "sha256"
    }
  }
}
