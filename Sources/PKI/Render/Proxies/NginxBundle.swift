/// Renders a proxy for nginx 1.22 and later.
///
/// Decisions are taken by `map` blocks, which have no order and no side effects, down to one word
/// for each request; the single location of each server only obeys that word. Every default
/// refuses.
struct NginxBundle {
  let view: ProxyView
  let listeners: [RoutedListener]

  init(_ view: ProxyView) throws(ProxyViewError) {
    self.view = view
    listeners = try view.routedListeners()
  }

  static func render(_ view: ProxyView) throws(ProxyViewError) -> [BundleFile] {
    let bundle = try NginxBundle(view)
    return bundle.view.material(bundle.listeners) + bundle.configuration
  }

  private var configuration: [BundleFile] {
    let servers = listeners.map { NginxListener(view: view, routed: $0) }
    let fragment =
      fragmentHeader + certificateMap
      + servers.map { $0.maps + "\n" + $0.server }.joined(separator: "\n")
    return [
      BundleFile(path: "http.conf", text: fragment),
      BundleFile(path: "nginx.conf", text: whole),
      BundleFile(path: NginxBundle.removedFile, text: removed),
      BundleFile(path: "sizes.conf", text: sizes(servers)),
    ] + servers.flatMap(\.files)
  }

  private var fragmentHeader: String {
    """
    # Proxy "\(view.proxy.name)", rendered by certwright: changes here are overwritten.
    # Use: inside the http block of nginx.conf, write
    #     include \(view.directory)/sizes.conf;
    #     include \(view.directory)/http.conf;
    # Private keys are not part of this bundle. Each belongs beside its certificate, readable by
    # root alone:
    \(keyLines)# Check with "nginx -t" and treat every warning as an error.
    # HTTP/2 is left off: nginx 1.22 and 1.25 spell it differently, and one warns of the other's way.


    """
  }

  private var keyLines: String {
    Set(listeners.map(\.serverFile)).sorted()
      .map { "#     \(view.directory)/\($0).key\n" }.joined()
  }

  private var whole: String {
    """
    # Proxy "\(view.proxy.name)", rendered by certwright: changes here are overwritten.
    # Use: nginx -c \(view.directory)/nginx.conf -g "user www-data;"
    # An nginx that has a configuration already includes http.conf instead, in its http block.
    worker_processes auto;
    # A connection that is still busy after a reload ends then at the latest, and with it the
    # certificate that it was opened with.
    worker_shutdown_timeout 5m;
    events {}
    http {
      include \(view.directory)/sizes.conf;
      include \(view.directory)/http.conf;
    }

    """
  }

  static let removedFile = "removed.conf"

  /// The headers that each location hides, but for those that it sets.
  private var removed: String {
    "# Whatever a client sends under these names is not about the client. http.conf includes this.\n"
      + IdentityHeader.removed.filter { !IdentityHeader.own.contains($0) }
      .map { "proxy_set_header \($0) \"\";\n" }.joined()
  }

  /// nginx refuses a second mention of these, so they have a file of their own.
  private func sizes(_ servers: [NginxListener]) -> String {
    let longest = servers.flatMap(\.identityMaps).map(\.rendered.longestKey).max() ?? 0
    let count = servers.map(\.largestHash).max() ?? 0
    return """
      # Sizes that proxy "\(view.proxy.name)" needs, rendered by certwright. If nginx says that one is
      # a duplicate, leave this file out and set the larger of both values in your http block.
      variables_hash_max_size 4096;
      variables_hash_bucket_size 128;
      map_hash_max_size \(max(2_048, count * 4));
      map_hash_bucket_size \(max(128, (longest + 127) / 64 * 64));

      """
  }

  /// RFC 9440 wants the certificate's base64 in one line, and nginx can only join what a regular
  /// expression has captured: one capture a line of the PEM text. Up to 64 lines, 3072 bytes
  /// of DER; the header of a larger certificate stays empty.
  private var certificateMap: String {
    guard listeners.contains(where: { $0.trust != nil }) else { return "" }
    let names = (0..<64).map { "cw_der_" + ($0 < 10 ? "0" : "") + String($0) }
    let captures = names.map { "(?:(?<\($0)>[A-Za-z0-9+/=]+)\\n)?" }.joined()
    let pattern = "^-----BEGIN CERTIFICATE-----\\n\(captures)-----END CERTIFICATE-----\\n?$"
    let value = ":" + names.map { "${\($0)}" }.joined() + ":"
    return
      "# The client's certificate as RFC 9440 writes it; none if it is larger than 3072 bytes.\n"
      + NginxText.map(
        "$ssl_client_raw_cert", to: view.prefix + "_der",
        ["default \"\"", "\(NginxText.regex(pattern)) \"\(value)\""]) + "\n"
  }
}
