/// One route of one listener, as clients meet it.
package struct AccessDoor: Hashable, Comparable, Sendable {
  package let listener: AccessListenerID
  /// Without a slash at its end.
  package let path: String

  package init(listener: AccessListenerID, path: String) {
    self.listener = listener
    self.path = path
  }

  package static func < (left: AccessDoor, right: AccessDoor) -> Bool {
    (left.listener, left.path) < (right.listener, right.path)
  }
}

/// What tells one listener from all others, before and after a plan.
package struct AccessListenerID: Hashable, Comparable, Sendable {
  package let proxy: Name
  /// nil is every address.
  package let address: IPAddress?
  package let port: Int

  package init(proxy: Name, address: IPAddress?, port: Int) {
    self.proxy = proxy
    self.address = address
    self.port = port
  }

  package static func < (left: AccessListenerID, right: AccessListenerID) -> Bool {
    (left.proxy, left.port, left.address?.printed ?? "")
      < (right.proxy, right.port, right.address?.printed ?? "")
  }

  /// `443`, or `127.0.0.1:443` where it binds one address.
  package var socket: String { address.map { "\($0.inURL):\(port)" } ?? "\(port)" }

  /// `edge:443`; the address stands only where one port has several.
  package func text(isAddressed: Bool) -> String {
    isAddressed ? "\(proxy) at \(socket)" : "\(proxy):\(port)"
  }
}
