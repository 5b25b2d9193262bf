/// What every listener offers, whatever the software: TLS 1.2 with forward secrecy, and TLS 1.3.
enum TLSPolicy {
  /// OpenSSL's cipher string for TLS 1.2; TLS 1.3 has its own suites, all of which are fine.
  static let ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20"
}
