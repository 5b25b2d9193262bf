import Foundation
import Testing

/// git's own HTTP backend behind a small server that wants a token, with or without TLS.
final class HTTPRemote: Sendable {
  static let token = "s3cr3t-t0ken"

  let remotes: RemoteWorld
  let port: Int
  let isTLS: Bool
  private let process: BackgroundProcess

  /// The file of the authority that the server's certificate is trusted by.
  var authority: URL { remotes.world.folder.url("tls.pem") }

  init(_ remotes: RemoteWorld, isTLS: Bool = false) throws {
    self.remotes = remotes
    self.isTLS = isTLS
    let folder = remotes.world.folder
    let script = try folder.write("git-server.py", Self.script)
    var arguments = ["python3", script.path, folder.root.path, folder.url("port").path, Self.token]
    if isTLS {
      try Program.run(
        [
          "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
          "-nodes",
          "-keyout", "tls-key.pem", "-out", "tls.pem", "-days", "2", "-subj", "/CN=localhost",
          "-addext", "subjectAltName=DNS:localhost",
        ], in: folder.root
      ).expect()
      let both = try folder.text("tls-key.pem") + folder.text("tls.pem")
      arguments.append(try folder.write("tls-both.pem", both).path)
    }
    process = try ServerProcess.start(arguments, in: folder.root, log: "http.log")
    try ServerProcess.wait(for: "a port") {
      FileManager.default.fileExists(atPath: folder.url("port").path)
    }
    port = try #require(Int(try folder.text("port")))
  }

  var address: String { "\(isTLS ? "https" : "http")://localhost:\(port)/remote.git" }

  func runner(_ name: String = "a", token: String? = HTTPRemote.token) -> RemoteWorld.Runner {
    var runner = remotes.runner(name, address: address)
    runner.environment["CERTWRIGHT_TOKEN"] = token
    if isTLS { runner.environment["GIT_SSL_CAINFO"] = authority.path }
    return runner
  }

  /// Lets nobody push for a while.
  func readOnly(_ body: () throws -> Void) throws {
    let marker = try remotes.world.folder.write("read-only", "")
    defer { try? FileManager.default.removeItem(at: marker) }
    try body()
  }

  private static let script = """
    import base64, http.server, os, ssl, subprocess, sys

    root, port_file, token = sys.argv[1:4]
    certificate = sys.argv[4] if len(sys.argv) > 4 else None


    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments):
            pass

        def body(self):
            if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)

        def reply(self, status, headers, content):
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def answer(self):
            body = self.body()
            expected = "Basic " + base64.b64encode(("x-access-token:" + token).encode()).decode()
            if self.headers.get("Authorization") != expected:
                return self.reply(401, [("WWW-Authenticate", 'Basic realm="git"')], b"")
            path, _, query = self.path.partition("?")
            if "receive-pack" in self.path and os.path.exists(os.path.join(root, "read-only")):
                return self.reply(403, [], b"read-only")
            environment = dict(
                os.environ, GIT_PROJECT_ROOT=root, GIT_HTTP_EXPORT_ALL="1", PATH_INFO=path,
                QUERY_STRING=query, REQUEST_METHOD=self.command, REMOTE_USER="ci",
                CONTENT_TYPE=self.headers.get("Content-Type", ""), CONTENT_LENGTH=str(len(body)),
                GIT_CONFIG_NOSYSTEM="1")
            done = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True)
            head, _, content = done.stdout.partition(b"\\r\\n\\r\\n")
            status, headers = 200, []
            for line in head.decode().split("\\r\\n"):
                name, _, value = line.partition(": ")
                if name == "Status":
                    status = int(value.split()[0])
                elif name:
                    headers.append((name, value))
            self.reply(status, headers, content)

        do_GET = do_POST = answer


    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    with open(port_file + ".new", "w") as file:
        file.write(str(server.server_port))
    os.rename(port_file + ".new", port_file)
    server.serve_forever()
    """
}
