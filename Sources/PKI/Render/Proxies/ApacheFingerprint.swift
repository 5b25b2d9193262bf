/// The fingerprint of the client's certificate, for which Apache has no variable.
///
/// The functions of Apache's expressions end at the first NUL of their argument, so they cannot
/// hash DER. mod_lua can, and is part of every Apache package; a server that does not load it
/// loses this one header. A script that fails ends the request with 500.
enum ApacheFingerprint {
  /// The name under which the script hands its result to mod_headers.
  private static let variable = "CW_FINGERPRINT"

  /// Lines of a virtual host. mod_headers is the last to look at a request, after the script.
  static func lines(_ path: String) -> [String] {
    [
      "<IfModule lua_module>", "  LuaHookFixups \(path) fingerprint", "</IfModule>",
      "RequestHeader set \(IdentityHeader.fingerprint) \"%{\(variable)}e\" env=\(variable)",
    ]
  }

  /// `base64_decode` takes a NUL at the end for the end of a C string and drops it.
  static let file = BundleFile(
    path: "fingerprint.lua",
    text: """
      -- Rendered by certwright: changes here are overwritten.
      -- The SHA-1 digest of the client's certificate in DER, as lower-case hexadecimal digits.
      function fingerprint(r)
        if r.subprocess_env["CW_IDENTIFIED"] ~= "1" then
          return apache2.DECLINED
        end
        local pem = r:ssl_var_lookup("SSL_CLIENT_CERT")
        local base64 = pem:match("BEGIN CERTIFICATE%-+(.-)%-+END"):gsub("%s", "")
        local length = #base64 // 4 * 3 - #base64:match("=*$")
        local der = r:base64_decode(base64)
        -- base64_decode drops a NUL at the end.
        der = der .. string.rep("\\0", length - #der)
        r.subprocess_env["\(variable)"] = r:sha1(der)
        return apache2.OK
      end

      """)
}
