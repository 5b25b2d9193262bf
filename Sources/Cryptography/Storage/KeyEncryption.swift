import COpenSSL
import PKI
import Synchronization

/// Encrypts and decrypts private keys with one passphrase as PKCS#8 does it: PBES2 (RFC 8018
/// section 6.2) with PBKDF2-HMAC-SHA256 and AES-256-CBC.
///
/// Deriving a key from a passphrase is slow on purpose (0.2 seconds), so it happens once for each
/// salt: all keys that one run writes share a salt, and each has an initialisation vector of its
/// own. When the run has read a key that was written in the same way, it goes on with that salt.
/// Safe to use from several threads.
package final class KeyEncryption: Sendable {
  /// What a derived key depends on, beside the passphrase.
  struct Derivation: Hashable, Sendable {
    let digest: String
    let salt: [UInt8]
    let iterations: Int
    let length: Int
  }

  /// A derived key, and whether it has ever opened a private key.
  private final class DerivedKey: Sendable {
    let bytes: SecretBytes
    init(_ bytes: consuming SecretBytes) { self.bytes = bytes }
  }

  private struct State {
    var keys: [Derivation: DerivedKey] = [:]
    var proven: Set<Derivation> = []
    var writing: Derivation?
  }

  /// What OWASP asks for with HMAC-SHA256.
  package static let writtenIterations = 600_000
  /// Fewer protect nothing; more would only keep the reader busy.
  package static let acceptedIterations = 1_000...10_000_000

  private let passphrase: Passphrase
  private let iterations: Int
  private let state = Mutex(State())

  package convenience init(_ passphrase: Passphrase) {
    self.init(passphrase, iterations: Self.writtenIterations)
  }

  init(_ passphrase: Passphrase, iterations: Int) {
    self.passphrase = passphrase
    self.iterations = iterations
  }

  /// The DER of an EncryptedPrivateKeyInfo (RFC 5208 section 6).
  func encrypt(_ plain: borrowing SecretBytes) throws(OpenSSLError) -> SecretBytes {
    let derivation = try writingDerivation()
    let key = try key(for: derivation)
    let vector = try Random.bytes(16)
    let cipher = BlockCipher.aes256
    let secret = try cipher.run(encrypt: true, plain, key: key.bytes, vector: vector)
    let ciphertext = unsafe secret.withBytes { unsafe Array($0) }
    let scheme = EncryptionScheme(derivation: derivation, cipher: cipher, vector: vector)
    return SecretBytes(
      DER.element(
        DER.sequence, scheme.der, DER.element(DER.octetString, ciphertext)))
  }

  /// The DER of the PrivateKeyInfo inside.
  func decrypt(_ encrypted: borrowing SecretBytes) throws(KeyFormatError) -> SecretBytes {
    // What is encrypted is not secret.
    let bytes = unsafe encrypted.withBytes { unsafe Array($0) }
    var outer = DERReader(bytes)
    guard var info = outer.enter(), outer.isAtEnd, let algorithm = info.enter(),
      let ciphertext = info.next(DER.octetString), info.isAtEnd
    else { throw .damaged("it is not an EncryptedPrivateKeyInfo") }
    let scheme = try EncryptionScheme(reading: algorithm)
    do throws(OpenSSLError) {
      let key = try key(for: scheme.derivation)
      let plain = try scheme.cipher.run(
        encrypt: false, SecretBytes(ciphertext), key: key.bytes, vector: scheme.vector)
      // One padding in 256 is well-formed by chance; a PrivateKeyInfo in its place is not.
      guard unsafe plain.withBytes({ unsafe $0.starts(with: [DER.sequence]) }) else {
        throw OpenSSLError("decrypt a private key")
      }
      remember(scheme)
      return plain
    } catch {
      if state.withLock({ $0.proven.contains(scheme.derivation) }) {
        throw KeyFormatError.damaged("its ciphertext has been altered")
      }
      throw KeyFormatError.wrongPassphrase
    }
  }

  private func remember(_ scheme: EncryptionScheme) {
    let derivation = scheme.derivation
    let isOurs =
      derivation.iterations == iterations && derivation.salt.count >= 16
      && derivation.digest == "SHA256" && scheme.cipher == .aes256
    state.withLock { state in
      state.proven.insert(derivation)
      if isOurs, state.writing == nil { state.writing = derivation }
    }
  }

  private func writingDerivation() throws(OpenSSLError) -> Derivation {
    let salt = try Random.bytes(16)
    return state.withLock { state in
      let fresh = Derivation(
        digest: "SHA256", salt: salt, iterations: iterations, length: BlockCipher.aes256.keyLength)
      let chosen = state.writing ?? fresh
      state.writing = chosen
      return chosen
    }
  }

  /// Derives under the lock: a second thread that needs the same key waits for it.
  private func key(for derivation: Derivation) throws(OpenSSLError) -> DerivedKey {
    try state.withLock { state throws(OpenSSLError) in
      if let known = state.keys[derivation] { return known }
      let made = DerivedKey(try derive(derivation))
      state.keys[derivation] = made
      return made
    }
  }

  private func derive(_ derivation: Derivation) throws(OpenSSLError) -> SecretBytes {
    var key = SecretBytes(capacity: derivation.length)
    ERR_clear_error()
    let answer = unsafe key.appendUninitialized(derivation.length) { room, answer in
      answer = unsafe passphrase.withBytes { text in
        unsafe PKCS5_PBKDF2_HMAC(
          text.baseAddress, Int32(text.count), derivation.salt, Int32(derivation.salt.count),
          Int32(derivation.iterations), EVP_get_digestbyname(derivation.digest),
          Int32(derivation.length), room.baseAddress)
      }
      return derivation.length
    }
    guard answer == 1 else { throw OpenSSLError(draining: "derive a key from the passphrase") }
    return key
  }

  /// Reads a key whose encryption stands in PEM headers, which only OpenSSL knows how to do.
  func decryptByHeader(_ text: [UInt8]) throws(KeyFormatError) -> Handle {
    do throws(OpenSSLError) {
      let source = try unsafe Handle("read a private key", free: BIO_free_all) {
        unsafe BIO_new_mem_buf(text, Int32(clamping: text.count))
      }
      return try unsafe Handle("decrypt a private key", free: EVP_PKEY_free) {
        unsafe passphrase.withBytes {
          // With no callback, OpenSSL takes the last argument for the passphrase.
          unsafe PEM_read_bio_PrivateKey(
            source.pointer, nil, nil, UnsafeMutablePointer(mutating: $0.baseAddress))
        }
      }
    } catch {
      throw .wrongPassphrase
    }
  }
}
