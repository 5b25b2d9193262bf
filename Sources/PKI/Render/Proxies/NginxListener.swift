/// The maps, the upstreams and the server block of one listener.
struct NginxListener {
  let view: ProxyView
  let routed: RoutedListener
  let issuers: [String]
  let identityMaps: [NginxIdentityMap]
  private let refused: [String]

  init(view: ProxyView, routed: RoutedListener) {
    self.view = view
    self.routed = routed
    let issuers = routed.trust?.issuers(.escaped) ?? []
    self.issuers = issuers
    identityMaps = routed.lists.map { NginxIdentityMap($0, in: view, issuers) }
    refused = view.refusedEntries(issuers, .escaped)
  }

  var largestHash: Int {
    max(refused.count, identityMaps.filter(\.isHashed).map(\.rendered.count).max() ?? 0)
  }

  var files: [BundleFile] {
    identityMaps.map(\.file)
      + (routed.trust == nil
        ? []
        : [
          BundleFile(
            path: refusedFile,
            text: refused.map { "\(NginxText.quoted($0)) 1;\n" }.joined())
        ])
  }

  private var refusedFile: String { "lists/\(routed.id)_refused.map" }

  /// The name of a variable of this listener.
  private func name(_ word: String) -> String { "\(view.prefix)_\(routed.id)_\(word)" }

  private func name(_ list: IdentityList) -> String { "\(view.prefix)_\(list.id)" }

  // MARK: - Maps

  var maps: String {
    let client = routed.trust == nil ? [] : [clientMaps] + identityMaps.map(listMaps)
    let parts: [(about: String, maps: [String])] = [
      ("Which server the client means; another is refused with 421.", [hostMaps]),
      (
        "Paths that two programs could read differently are refused with 400, in another case too.",
        [pathMaps]
      ),
      ("The client: of the trust bundle's own, and not refused.", client),
      ("The route, and what it asks for.", [sourceMaps, routeMaps]),
      ("One word for each request, and what the backend is told.", [decisionMaps]),
    ]
    return "# \(title)\n"
      + parts.filter { !$0.maps.isEmpty }.map { "# \($0.about)\n" + $0.maps.joined() }.joined()
  }

  private var title: String {
    let address = routed.listener.address.map(\.inURL) ?? "*"
    return "Listener \(address):\(routed.listener.port), server \"\(routed.listener.server)\""
  }

  /// The names and addresses of the server. An empty one stands for a client that
  /// sends none; nginx tries no regular expression on it.
  private var hostMaps: String {
    let hosts =
      routed.server.dnsNames.map(RoutePattern.host)
      + routed.server.addresses.map { RoutePattern.literal($0.inURL) }
    let known = Set(hosts).sorted().map {
      "\(NginxText.regex("^\($0)(?::[0-9]+)?$", ignoringCase: true)) 1"
    }
    return NginxListener.nameSources.map { word, source in
      NginxText.map(source, to: name(word), ["default 0", "\"\" 1"] + known)
    }.joined()
  }

  /// Where a client says which server it means.
  private static let nameSources = [
    ("sni_ok", "$ssl_server_name"), ("host_ok", "$host"), ("field_ok", "$http_host"),
  ]

  private var pathMaps: String {
    func groups(_ value: (PathGroup) -> String, ignoringCase: Bool) -> [String] {
      routed.groups.map {
        let pattern = RoutePattern.below($0.path)
        return "\(NginxText.regex(pattern, ignoringCase: ignoringCase)) \(value($0))"
      }
    }
    let paths = routed.groups.enumerated().map { index, group in
      "\(NginxText.regex(RoutePattern.below(group.path))) \"\(index + 1) \(group.fold)\""
    }
    return NginxText.map(
      "$request_uri", to: name("ambiguous"),
      ["default 0", "\(NginxText.regex(RoutePattern.ambiguous, ignoringCase: true)) 1"])
      + NginxText.map("$uri", to: name("path"), ["default \"0 0\""] + paths)
      + NginxText.map(
        "$uri", to: name("fold"), ["default 0"] + groups({ "\($0.fold)" }, ignoringCase: true))
  }

  /// Who the client is: `none`, `bad`, or `valid` with the issuer's number and the subject.
  private var clientMaps: String {
    let issuerLines = issuers.enumerated().compactMap { index, text in
      let pattern = NginxText.exactly(text)
      return pattern.utf8.count < NginxText.longestParameter ? "\(pattern) \(index + 1)" : nil
    }
    return NginxText.map("$ssl_client_i_dn", to: name("issuer"), ["default 0"] + issuerLines)
      + NginxText.map(
        "\"$\(name("issuer")) $ssl_client_serial\"", to: name("refused"),
        ["default 0", "include \(view.directory)/\(refusedFile)"])
      + NginxText.map(
        "\"$ssl_client_verify $\(name("issuer")) $\(name("refused"))\"", to: name("client"),
        ["default bad", "\"~^NONE \" none", "\"~^SUCCESS [1-9][0-9]* 0$\" valid"])
      + NginxText.map(
        "$\(name("client"))", to: name("who"),
        ["default \"\"", "valid \"$\(name("issuer")) $ssl_client_s_dn\""])
  }

  private func listMaps(_ map: NginxIdentityMap) -> String {
    let variable = name(map.list)
    let include = ["default 0", "include \(view.directory)/\(map.path)"]
    guard map.isHashed else {
      return NginxText.map("$\(name("who"))", to: variable, include)
    }
    return NginxText.map("$\(name("who"))", to: variable + "_s", include)
      + NginxText.map(
        "\"$\(variable)_s\\n$ssl_client_s_dn\"", to: variable,
        ["default 0", "\"~^1\\\\n\" 1", "\"~^(.+)\\\\n\\\\1$\" 1"])
  }

  private var sourceMaps: String {
    routed.routes.compactMap { route in
      route.sources.map { ranges in
        let lines = ranges.map { "  \($0.printed) 1;\n" }.joined()
        return "geo $\(name("from_\(route.index)")) {\n  default 0;\n\(lines)}\n"
      }
    }.joined()
  }

  /// The route's number, and by it whatever the decision needs.
  private var routeMaps: String {
    let lists = routed.routes.compactMap { $0.only.map(name) }
    let source = (["$\(name("path"))"] + lists.map { "$\($0)" }).joined(separator: " ")
    let lines = routed.groups.enumerated().flatMap { index, group in
      group.routes.map { number in
        let answers = routed.routes.filter { $0.only != nil }
          .map { $0.index == number ? "1" : "[01]" }
        let pattern = (["^\(index + 1) [0-9]+"] + answers).joined(separator: " ") + "$"
        return "\(NginxText.regex(pattern)) \(number)"
      }
    }
    func byRoute(_ word: String, _ fallback: String, _ value: (EffectiveRoute) -> String) -> String
    {
      NginxText.map(
        "$\(name("route"))", to: name(word),
        ["default \(fallback)"] + routed.routes.map { "\($0.index) \(value($0))" })
    }
    return NginxText.map("\"\(source)\"", to: name("route"), ["default none"] + lines)
      + byRoute("verify", "unknown") { $0.verify.rawValue }
      + byRoute("allowed", "0") { $0.allow.map { "$\(name($0))" } ?? "1" }
      + byRoute("source", "0") { $0.sources == nil ? "1" : "$\(name("from_\($0.index)"))" }
      + byRoute("upstream", "none") { $0.upstreams.isEmpty ? "none" : name("up_\($0.index)") }
  }

  /// One word for each request: `pass`, or the status that refuses it.
  private var decisionMaps: String {
    let client = routed.trust == nil ? "none" : "$\(name("client"))"
    let source =
      (NginxListener.nameSources.map(\.0) + ["ambiguous", "path", "fold", "source"])
      .map { "$\(name($0))" } + ["$\(name("verify"))", client, "$\(name("allowed"))"]
    let plain = "^1 1 1 0 [0-9]+ ([0-9]+) \\\\1 1"
    return NginxText.map(
      "\"\(source.joined(separator: " "))\"", to: name("decision"),
      [
        "default 403",
        "\"~^(?!1 1 1)\" 421",
        "\"~^1 1 1 (?!0 [0-9]+ ([0-9]+) \\\\1 )\" 400",
        "\"~\(plain) none \" pass",
        "\"~\(plain) optional none \" pass",
        "\"~\(plain) (?:optional|required) valid 1$\" pass",
      ])
      + NginxText.map(
        "\"$\(name("verify")) \(client)\"", to: name("identified"),
        ["default 0", "\"optional valid\" 1", "\"required valid\" 1"])
      + headerMaps
  }

  private var headerMaps: String {
    let values =
      routed.trust == nil
      ? []
      : [
        ("subject", "$ssl_client_s_dn"), ("issuer_dn", "$ssl_client_i_dn"),
        ("serial", "$ssl_client_serial"), ("fingerprint", "$ssl_client_fingerprint"),
        ("der", "$\(view.prefix)_der"),
      ]
    return NginxText.map(
      "$\(name("identified"))", to: name("h_verify"), ["default NONE", "1 SUCCESS"])
      + values.map { word, value in
        NginxText.map(
          "$\(name("identified"))", to: name("h_" + word), ["default \"\"", "1 \(value)"])
      }.joined()
  }

  // MARK: - Server

  var server: String {
    upstreams + "server {\n" + listenLines + tlsLines + refusal + location + "}\n"
  }

  private var upstreams: String {
    routed.routes.filter { !$0.upstreams.isEmpty }.map { route in
      let servers = route.upstreams.map { "  server \($0);\n" }.joined()
      let name = name("up_\(route.index)")
      return "upstream \(name) {\n  zone \(name) 128k;\n\(servers)  keepalive 32;\n}\n"
    }.joined()
  }

  private var listenLines: String {
    let port = routed.listener.port
    let sockets =
      routed.listener.address.map { ["\($0.inURL):\(port)"] } ?? ["\(port)", "[::]:\(port)"]
    let names =
      (routed.server.dnsNames.filter(ServerName.isPlain)
      + routed.server.addresses.map(\.inURL)).map { " " + $0 }.joined()
    return sockets.map { "  listen \($0) ssl;\n" }.joined()
      + (names.isEmpty ? "" : "  server_name\(names);\n")
  }

  private var tlsLines: String {
    """
      ssl_certificate \(view.directory)/\(routed.serverFile);
      ssl_certificate_key \(view.directory)/\(routed.serverFile).key;
      ssl_protocols TLSv1.2 TLSv1.3;
      ssl_ciphers \(TLSPolicy.ciphers);
      ssl_early_data off;
      # A resumed session is never checked again: it would outlive a revocation.
      ssl_session_cache off;
      ssl_session_tickets off;

    """ + clientLines
  }

  private var clientLines: String {
    guard let trust = routed.trust else { return "  ssl_verify_client off;\n" }
    return """
        ssl_client_certificate \(view.directory)/\(trust.certificatesFile);
        ssl_crl \(view.directory)/\(trust.revocationListsFile);
        ssl_verify_client \(routed.handshake == .required ? "on" : "optional");
        # Counts intermediate certificates.
        ssl_verify_depth \(max(1, trust.material.depth - 1));

      """
  }

  /// nginx finishes the handshake with a bad certificate or none, and refuses each request.
  private var refusal: String {
    """
      error_page 495 496 = @certwright_refused;
      location @certwright_refused {
        return 403;
      }
      server_tokens off;
      ignore_invalid_headers on;
      underscores_in_headers off;

    """
  }

  private var location: String {
    let decision = name("decision")
    let checks = [("=", "421", "421"), ("=", "400", "400"), ("!=", "pass", "403")].map {
      "    if ($\(decision) \($0) \($1)) {\n      return \($2);\n    }\n"
    }.joined()
    return "  location / {\n\(checks)\(answer)\(proxying)  }\n"
  }

  private var answer: String {
    guard routed.routes.contains(where: \.upstreams.isEmpty) else { return "" }
    return """
          default_type text/plain;
          if ($\(name("upstream")) = none) {
            return 200 "ok\\n";
          }

      """
  }

  private var proxying: String {
    guard routed.routes.contains(where: { !$0.upstreams.isEmpty }) else { return "" }
    let set = headers.map { "    proxy_set_header \($0.0) \($0.1);\n" }.joined()
    return """
          client_max_body_size 0;
          proxy_request_buffering off;
          proxy_http_version 1.1;
          proxy_headers_hash_max_size 4096;
          proxy_headers_hash_bucket_size 256;
      \(set)    include \(view.directory)/\(NginxBundle.removedFile);
          proxy_pass http://$\(name("upstream"));

      """
  }

  private var headers: [(String, String)] {
    let connection = [
      ("Connection", "\"\""), ("Host", "$host"), ("X-Real-IP", "$remote_addr"),
      ("X-Forwarded-For", "$remote_addr"), ("X-Forwarded-Proto", "https"),
      ("X-Forwarded-Host", "$host"), ("X-Forwarded-Port", "$server_port"),
      (IdentityHeader.verify, "$\(name("h_verify"))"),
    ]
    let identity = [
      (IdentityHeader.subject, "h_subject"), (IdentityHeader.issuer, "h_issuer_dn"),
      (IdentityHeader.serial, "h_serial"), (IdentityHeader.fingerprint, "h_fingerprint"),
      (IdentityHeader.certificate, "h_der"),
    ]
    // An empty value removes the header.
    return connection
      + identity.map { ($0.0, routed.trust == nil ? "\"\"" : "$\(name($0.1))") }
  }
}
