/// Renders a proxy for Apache 2.4.
///
/// mod_rewrite takes the decisions, because its rules see every request before any other module
/// acts on it, know the raw request line, and can look into lists of any length. The last rule
/// refuses.
struct ApacheBundle {
  let view: ProxyView
  let listeners: [RoutedListener]

  static func render(_ view: ProxyView) throws(ProxyViewError) -> [BundleFile] {
    let bundle = ApacheBundle(view: view, listeners: try view.routedListeners())
    return view.material(bundle.listeners) + bundle.configuration
  }

  private var configuration: [BundleFile] {
    let hosts = listeners.map { ApacheListener(view: view, routed: $0) }
    return [
      BundleFile(path: "vhosts.conf", text: fragmentHeader + hosts.map(\.text).joined()),
      BundleFile(path: "httpd.conf", text: whole),
      BundleFile(path: ApacheBundle.removedFile, text: removed),
      ApacheFingerprint.file,
    ] + hosts.flatMap(\.files)
  }

  static let removedFile = "removed.conf"

  /// mod_headers takes headers out by their whole names alone, so each spelling has a line.
  private var removed: String {
    "# Whatever a client sends under these names is not about the client. Every virtual host of\n"
      + "# vhosts.conf includes this.\n"
      + IdentityHeader.removed.map { "RequestHeader unset \($0)\n" }.joined()
  }

  private static let modules = [
    "authz_core", "headers", "lbmethod_byrequests", "lua", "mpm_event", "proxy", "proxy_balancer",
    "proxy_http", "rewrite", "setenvif", "slotmem_shm", "socache_shmcb", "ssl",
  ]

  private var fragmentHeader: String {
    let modules = ApacheBundle.modules.filter { $0 != "mpm_event" }.joined(separator: " ")
    return """
      # Proxy "\(view.proxy.name)", rendered by certwright: changes here are overwritten.
      # Use: outside of any virtual host, write
      #     IncludeOptional \(view.directory)/vhosts.conf
      # and have a Listen line for each of its ports. It needs these modules:
      #     a2enmod \(modules)
      # lua alone can be left out: backends then get no \(IdentityHeader.fingerprint), and all else is
      # the same.
      # Private keys are not part of this bundle. Each belongs beside its certificate, readable by
      # root alone:
      \(Set(listeners.map(\.serverFile)).sorted().map {
        "#     \(view.directory)/\($0).key\n"
      }.joined())# "apache2 -t" does not read certificates, keys or CRLs, and Apache ends when a reload finds one
      # that is broken: try a bundle in a second instance first.

      # Holds for the whole server, as Apache has no smaller place for it: a resumed session is never
      # checked again.
      SSLSessionCache none


      """
  }

  private var whole: String {
    let load = ApacheBundle.modules.map {
      "LoadModule \($0)_module /usr/lib/apache2/modules/mod_\($0).so\n"
    }.joined()
    let listen = Set(listeners.flatMap { ApacheListener.sockets(of: $0.listener) }).sorted()
    return """
      # Proxy "\(view.proxy.name)", rendered by certwright: changes here are overwritten.
      # Use: apache2 -f \(view.directory)/httpd.conf
      # An Apache that has a configuration already includes vhosts.conf instead. Paths and users
      # are those of Debian.
      ServerRoot \(view.directory)
      ServerName localhost
      ErrorLog /var/log/apache2/error.log
      \(load)User www-data
      Group www-data
      \(listen.map { "Listen \($0)\n" }.joined())<Directory />
        Require all denied
      </Directory>
      Include \(view.directory)/vhosts.conf

      """
  }
}
