import Foundation

/// One request to a proxy, on a connection of its own.
struct Probe: Codable, Sendable {
  enum Version: String, Codable, Sendable, CaseIterable {
    case tls12 = "1.2"
    case tls13 = "1.3"
  }

  var id = UUID().uuidString
  var port: Int
  var address = "127.0.0.1"
  var version = Version.tls13
  /// PEM files of the client's certificate (with its intermediates) and key.
  var certificate: String?
  var key: String?
  /// nil sends no SNI.
  var serverName: String? = "api.example.com"
  /// nil sends no Host header.
  var host: String? = "api.example.com"
  /// The request target, sent byte for byte.
  var target = "/"
  var method = "GET"
  var headers: [[String]] = []
  var bodyLength = 0
}

/// What came of a probe.
struct Decision: Sendable {
  /// The status of the answer; nil when there was none.
  let status: Int?
  let body: String
  /// Why the handshake or the first read failed.
  let failure: String
  /// What arrived at a backend.
  let seen: SeenRequest?

  var passed: Bool { status == 200 && seen != nil }
  /// Refused by the handshake or by a status, with nothing at any backend.
  var refused: Bool { seen == nil && status != 200 }
}

/// Sends probes in one batch from one Python process.
enum ProbeClient {
  private struct Answer: Codable {
    let id: String
    let status: Int?
    let body: String
    let failure: String
  }

  static func send(_ probes: [Probe], authority: String, backend: RecordingBackend) throws
    -> [Decision]
  {
    let folder = try TemporaryFolder()
    let file = folder.url("probes.json")
    try JSONEncoder().encode(probes).write(to: file)
    let script = try folder.write("client.py", script)
    let output = try Tool.check(["python3", script.path, file.path, authority])
    let answers = try JSONDecoder().decode([Answer].self, from: Data(output.utf8))
    let seen = try backend.seen()
    return answers.map {
      Decision(status: $0.status, body: $0.body, failure: $0.failure, seen: seen[$0.id])
    }
  }

  /// TLS 1.3 clients learn of a refusal with their first read, so that counts as the handshake.
  private static let script = """
    import json, socket, ssl, sys
    from concurrent.futures import ThreadPoolExecutor
    VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
    def ask(p):
        answer = {"id": p["id"], "status": None, "body": "", "failure": ""}
        try:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.load_verify_locations(sys.argv[2])
            context.check_hostname = False
            context.minimum_version = context.maximum_version = VERSIONS[p["version"]]
            if p.get("certificate"):
                context.load_cert_chain(p["certificate"], p["key"])
            raw = socket.create_connection((p["address"], p["port"]), timeout=20)
            with context.wrap_socket(raw, server_hostname=p.get("serverName")) as s:
                lines = [p["method"] + " " + p["target"] + " HTTP/1.1", "X-Probe: " + p["id"],
                         "Connection: close"]
                if p.get("host") is not None: lines.append("Host: " + p["host"])
                if p["bodyLength"]: lines.append("Content-Length: %d" % p["bodyLength"])
                lines += [k + ": " + v for k, v in p["headers"]]
                s.sendall(("\\r\\n".join(lines) + "\\r\\n\\r\\n").encode("latin-1"))
                if p["bodyLength"]: s.sendall(b"x" * p["bodyLength"])
                data = b""
                while True:
                    part = s.recv(65536)
                    if not part: break
                    data += part
            head, _, body = data.partition(b"\\r\\n\\r\\n")
            if head:
                answer["status"] = int(head.split(b" ")[1])
            answer["body"] = body.decode("latin-1")
        except (ssl.SSLError, ConnectionError, EOFError) as e:
            answer["failure"] = type(e).__name__ + ": " + str(e)
        return answer
    with ThreadPoolExecutor(4) as pool:
        print(json.dumps(list(pool.map(ask, json.load(open(sys.argv[1]))))))
    """
}
