/// One file of a proxy's bundle, at a path below the bundle's folder.
package struct BundleFile: Hashable, Sendable {
  package let path: String
  package let content: SharedContent

  package var bytes: [UInt8] { content.bytes }

  package init(path: String, content: SharedContent) {
    self.path = path
    self.content = content
  }

  package init(path: String, text: String) {
    self.init(path: path, content: SharedContent(Array(text.utf8)))
  }
}

/// A kind of reverse proxy: the software and the pure function that renders its bundle.
///
/// A bundle is complete but for the private keys: each lies on the host beside its certificate,
/// under the certificate's file name with `.key` added.
package struct ProxyKind: Sendable {
  package let software: ProxySoftware
  /// The files in order of their paths; the same view gives the same bytes, and no byte of a
  /// configuration file depends on a CRL.
  package let render: @Sendable (ProxyView) throws(ProxyViewError) -> [BundleFile]

  package static let all: [ProxyKind] = [.nginx, .haproxy, .apache]

  package static let nginx = ProxyKind(software: .nginx, render: NginxBundle.render)
  package static let haproxy = ProxyKind(software: .haproxy, render: HAProxyBundle.render)
  package static let apache = ProxyKind(software: .apache, render: ApacheBundle.render)

  /// Renders the bundle of the view's proxy.
  package static func bundle(of view: ProxyView) throws(ProxyViewError) -> [BundleFile] {
    for kind in all where kind.software == view.proxy.software {
      return try kind.render(view).sorted { $0.path < $1.path }
    }
    return []
  }
}
