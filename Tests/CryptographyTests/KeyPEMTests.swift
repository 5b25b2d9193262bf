import Cryptography
import PKI
import Testing

@Suite struct KeyPEMTests {
  private func encryption(_ text: String) throws -> KeyEncryption {
    KeyEncryption(try #require(Passphrase(Array(text.utf8))))
  }

  @Test(arguments: KeyAlgorithm.allCases)
  func `openssl reads the private key of every algorithm and writes the same text`(
    _ algorithm: KeyAlgorithm
  ) throws {
    let folder = try TemporaryFolder()
    let key = try PrivateKey.generate(algorithm)
    let text = try key.pem(nil)
    try folder.write("key.pem", text)
    let check = try folder.openssl("pkey", "-in", "key.pem", "-check", "-noout")
    #expect(check.status == 0, "\(check.errors)")
    let again = try folder.openssl("pkey", "-in", "key.pem")
    #expect(Array(again.output.utf8) == text)
    #expect(try PrivateKey(pem: text, nil).publicKey == key.publicKey)
  }

  @Test(arguments: [KeyAlgorithm.ecdsaP256, .ecdsaP521, .ed25519, .rsa2048])
  func `openssl decrypts what was encrypted, and so do we`(_ algorithm: KeyAlgorithm) throws {
    let folder = try TemporaryFolder()
    let key = try PrivateKey.generate(algorithm)
    let encryption = try encryption("correct horse")
    let text = try key.pem(encryption)
    try folder.write("key.pem", text)
    let plain = try folder.openssl("pkey", "-in", "key.pem", "-passin", "pass:correct horse")
    #expect(Array(plain.output.utf8) == (try key.pem(nil)))
    #expect(
      try PrivateKey(pem: text, try self.encryption("correct horse")).publicKey == key.publicKey)
    let parameters = try folder.openssl("asn1parse", "-in", "key.pem")
    #expect(parameters.output.contains("hmacWithSHA256"))
    #expect(parameters.output.contains("aes-256-cbc"))
    #expect(parameters.output.contains("INTEGER           :0927C0"))
    #expect(text != (try key.pem(encryption)))
  }

  @Test func `a wrong or missing passphrase is named`() throws {
    let text = try PrivateKey.generate(.ecdsaP256).pem(try encryption("right"))
    for attempt in ["wrong", "Right", "right "] {
      #expect(throws: KeyFormatError.wrongPassphrase) {
        _ = try PrivateKey(pem: text, try encryption(attempt)).publicKey
      }
    }
    #expect(throws: KeyFormatError.passphraseNeeded) {
      _ = try PrivateKey(pem: text, nil).publicKey
    }
  }

  @Test(arguments: [
    ["genrsa", "2048"], ["genrsa", "-traditional", "3072"],
    ["genrsa", "-aes256", "-passout", "pass:abcd", "2048"],
    ["genrsa", "-traditional", "-aes128", "-passout", "pass:abcd", "2048"],
    ["ecparam", "-genkey", "-name", "prime256v1"], ["ecparam", "-genkey", "-name", "secp384r1"],
    ["ecparam", "-genkey", "-name", "secp521r1", "-noout"],
    ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    ["genpkey", "-algorithm", "ED25519"],
    ["genpkey", "-algorithm", "ED25519", "-aes-192-cbc", "-pass", "pass:abcd"],
    ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:4096"],
  ])
  func `keys that openssl makes are read`(_ arguments: [String]) throws {
    let folder = try TemporaryFolder()
    let made = try folder.openssl(arguments)
    #expect(made.status == 0, "\(made.errors)")
    try folder.write("key.pem", Array(made.output.utf8))
    let key = try PrivateKey(pem: Array(made.output.utf8), try encryption("abcd"))
    let expected = try folder.openssl(
      "pkey", "-in", "key.pem", "-passin", "pass:abcd", "-pubout", "-outform", "DER", "-out",
      "public.der")
    #expect(expected.status == 0, "\(expected.errors)")
    #expect(key.publicKey.subjectPublicKeyInfo == (try folder.read("public.der")))
  }

  @Test(arguments: [
    ["genrsa", "1024"], ["genpkey", "-algorithm", "ED448"],
    ["ecparam", "-genkey", "-name", "secp256k1"], ["genpkey", "-algorithm", "X25519"],
  ])
  func `keys that are never certified are refused`(_ arguments: [String]) throws {
    let made = try TemporaryFolder().openssl(arguments)
    #expect(made.status == 0, "\(made.errors)")
    #expect(throws: KeyFormatError.self) {
      _ = try PrivateKey(pem: Array(made.output.utf8), nil).publicKey
    }
  }

  @Test func `every shortened or altered text is refused, never read as another key`() throws {
    let key = try PrivateKey.generate(.ecdsaP256)
    let text = try key.pem(nil)
    for length in 0..<text.count - 1 {
      #expect(throws: KeyFormatError.self) {
        _ = try PrivateKey(pem: Array(text.prefix(length)), nil).publicKey
      }
    }
    var refusals = 0
    for index in stride(from: 30, to: text.count - 30, by: 3) {
      var altered = text
      altered[index] = altered[index] == UInt8(ascii: "B") ? UInt8(ascii: "C") : UInt8(ascii: "B")
      do throws(KeyFormatError) {
        #expect(try PrivateKey(pem: altered, nil).publicKey == key.publicKey)
      } catch {
        refusals += 1
      }
    }
    #expect(refusals > 50)
    #expect(throws: KeyFormatError.self) { _ = try PrivateKey(pem: text + text, nil).publicKey }
  }

  @Test(arguments: [1, 999, 10_000_001])
  func `a number of iterations outside the bounds is refused without deriving`(
    _ iterations: Int
  ) throws {
    let folder = try TemporaryFolder()
    try folder.write("plain.pem", try PrivateKey.generate(.ed25519).pem(nil))
    let weak = try folder.openssl(
      "pkcs8", "-topk8", "-in", "plain.pem", "-passout", "pass:abcd", "-iter", "\(iterations)")
    #expect(weak.status == 0, "\(weak.errors)")
    let error = #expect(throws: KeyFormatError.self) {
      _ = try PrivateKey(pem: Array(weak.output.utf8), try encryption("abcd")).publicKey
    }
    #expect("\(try #require(error))".contains("\(iterations) iterations"))
  }

  @Test func `a passphrase never prints`() throws {
    let passphrase = try #require(Passphrase(Array("hunter2".utf8)))
    var dumped = ""
    dump(passphrase, to: &dumped)
    for text in ["\(passphrase)", String(reflecting: passphrase), dumped] {
      #expect(!text.contains("hunter2"))
      #expect(text.contains("<redacted>"))
    }
    #expect(Passphrase([]) == nil)
    #expect(Passphrase([65, 0]) == nil)
    #expect(Passphrase([UInt8](repeating: 65, count: 1_024)) == nil)
  }
}
