/// A distinguished name as it stands in a certificate: the DER of its Name (RFC 5280 section
/// 4.1.2.4). Two names are equal when their bytes are, which is how OpenSSL finds an issuer among
/// names that one program wrote.
package struct DistinguishedName: Hashable, Sendable {
  package let der: [UInt8]

  package init(der: [UInt8]) {
    self.der = der
  }
}
