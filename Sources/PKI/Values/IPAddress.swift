/// An IPv4 or IPv6 address: 4 or 16 bytes.
package struct IPAddress: Hashable, Sendable {
  package let bytes: [UInt8]

  package init?(bytes: [UInt8]) {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    self.bytes = bytes
  }
}

/// A block of addresses in CIDR notation; host bits are zero.
package struct IPRange: Hashable, Sendable {
  package let address: IPAddress
  package let prefixLength: Int

  package init?(address: IPAddress, prefixLength: Int) {
    guard (0...address.bytes.count * 8).contains(prefixLength) else { return nil }
    self.address = address
    self.prefixLength = prefixLength
  }
}
