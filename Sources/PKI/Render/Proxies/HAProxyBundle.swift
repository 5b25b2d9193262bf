/// Renders a proxy for HAProxy 2.6 and later.
///
/// Every request runs down one list of rules, each of which refuses or sets a variable; the last
/// ones name the backend. What no rule has allowed has no backend.
struct HAProxyBundle {
  let view: ProxyView
  let listeners: [RoutedListener]

  static func render(_ view: ProxyView) throws(ProxyViewError) -> [BundleFile] {
    let bundle = HAProxyBundle(view: view, listeners: try view.routedListeners())
    return view.material(bundle.listeners) + bundle.configuration
  }

  private var configuration: [BundleFile] {
    let frontends = listeners.map { HAProxyListener(view: view, routed: $0) }
    let sections = ([defaults] + frontends.map(\.text)).joined(separator: "\n")
    return [
      BundleFile(path: "frontends.cfg", text: fragmentHeader + global("") + sections),
      BundleFile(
        path: "haproxy.cfg",
        text: wholeHeader + global("  user haproxy\n  group haproxy\n  hard-stop-after 5m\n")
          + sections),
    ] + frontends.flatMap(\.files)
  }

  private var fragmentHeader: String {
    """
    # Proxy "\(view.proxy.name)", rendered by certwright: changes here are overwritten.
    # Use: HAProxy cannot include files, it reads several. Name this one last, since a section after
    # it that names no defaults would take its defaults:
    #     haproxy -W -f /etc/haproxy/haproxy.cfg -f \(view.directory)/frontends.cfg
    \(keyLines)
    """
  }

  private var wholeHeader: String {
    """
    # Proxy "\(view.proxy.name)", rendered by certwright: changes here are overwritten.
    # Use: haproxy -W -f \(view.directory)/haproxy.cfg
    # A HAProxy that has a configuration already reads frontends.cfg beside it instead.
    \(keyLines)
    """
  }

  private var keyLines: String {
    """
    # Private keys are not part of this bundle. HAProxy loads each by itself from beside its
    # certificate:
    \(Set(listeners.map(\.serverFile)).sorted().map {
      "#     \(view.directory)/\($0).key\n"
    }.joined())# Check with "haproxy -c" and treat every warning as an error. After a change, reload the master
    # process; the runtime API's "commit ssl" is not safe.

    """
  }

  private func global(_ more: String) -> String {
    """
    global
    \(more)  # The session cache is one for the whole process, and a session from any other listener would
      # be resumed without a look at the certificate: it must be off for all.
      tune.ssl.cachesize 0
      # Room for the certificate in a header.
      tune.maxrewrite 8192


    """
  }

  private var defaults: String {
    """
    defaults \(view.prefix)
      mode http
      balance roundrobin
      timeout connect 5s
      timeout client 60s
      timeout server 60s
      timeout http-request 10s
      timeout http-keep-alive 60s

    """
  }
}
