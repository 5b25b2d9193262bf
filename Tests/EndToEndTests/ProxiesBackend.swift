import Foundation

/// A backend that records what it was sent. Every request carries a probe number, by which the
/// tests find it again.
final class RecordingBackend: Sendable {
  let ports: [Int]
  private let folder: TemporaryFolder
  private let process: BackgroundProcess

  /// Listens on so many ports of 127.0.0.1, each a backend of its own.
  init(count: Int) throws {
    let folder = try TemporaryFolder()
    let ports = try (0..<count).map { _ in try FreePort.take() }
    let script = try folder.write("backend.py", RecordingBackend.script)
    try folder.write("seen", "")
    process = try BackgroundProcess(
      ["python3", script.path, folder.url("seen").path] + ports.map(String.init),
      log: folder.url("log"))
    self.folder = folder
    self.ports = ports
    try Daemon.waitForPorts(ports, while: { [process] in process.isRunning })
  }

  /// Everything that any port has received, by probe number.
  func seen() throws -> [String: SeenRequest] {
    let lines = String(decoding: try folder.bytes("seen"), as: UTF8.self).split(separator: "\n")
    var requests: [String: SeenRequest] = [:]
    for line in lines {
      let request = try JSONDecoder().decode(SeenRequest.self, from: Data(line.utf8))
      requests[request.probe] = request
    }
    return requests
  }

  private static let script = """
    import json, sys, threading
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    log, lock = open(sys.argv[1], "a", buffering=1), threading.Lock()
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def handle_any(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = [[k, v.encode("latin-1", "replace").decode("utf-8", "replace")]
                       for k, v in self.headers.items()]
            seen = {"probe": self.headers.get("X-Probe", ""), "port": self.server.server_port,
                    "target": self.path, "headers": headers, "length": len(body)}
            with lock:
                log.write(json.dumps(seen) + "\\n")
            answer = b"backend\\n"
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
        do_GET = do_POST = do_PUT = handle_any
        def log_message(self, *a): pass
    class Server(ThreadingHTTPServer):
        daemon_threads, request_queue_size = True, 128
    servers = [Server(("127.0.0.1", int(p)), Handler) for p in sys.argv[2:]]
    for server in servers[1:]:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    servers[0].serve_forever()
    """
}

/// A request as a backend received it.
struct SeenRequest: Codable, Sendable {
  let probe: String
  let port: Int
  let target: String
  let headers: [[String]]
  let length: Int

  /// All values of a header, whatever its case.
  func values(_ name: String) -> [String] {
    headers.filter { $0[0].lowercased() == name.lowercased() }.map { $0[1] }
  }
}
