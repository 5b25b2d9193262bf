extension CertificateFacts {
  package var validity: Validity { Validity(notBefore: notBefore, notAfter: notAfter) }

  /// The kind of its key as desired state spells it, or what it is instead.
  package var keyAlgorithmName: String {
    publicKey?.algorithm.rawValue ?? "of another kind"
  }
}
