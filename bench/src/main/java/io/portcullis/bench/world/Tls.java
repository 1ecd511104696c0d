package io.portcullis.bench.world;

import io.portcullis.bench.process.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A key pair with a self-signed certificate for 127.0.0.1, which all subjects present when they serve TLS.
 *
 * @param certificate the certificate in PEM
 * @param privateKey the private key in PEM, unencrypted
 * @param trust the context of clients that trust the certificate
 */
public record Tls(Path certificate, Path privateKey, SSLContext trust) {
    /** The protocol of all subjects, as the JDK and nginx name it. */
    public static final String PROTOCOL = "TLSv1.3";

    /** The cipher suite of all subjects, because by default they would choose different ones. */
    public static final String CIPHER = "TLS_AES_128_GCM_SHA256";

    private static final String ALIAS = "bench";

    /** The key exists only while the benchmark runs. */
    private static final String PASSWORD = "bench-demo-pass";

    private static final int LIMIT_SECONDS = 60;

    /** Generates an EC key pair on P-256 with the JDK's keytool, and writes it to the directory. */
    public static Tls create(Path directory) {
        Path file = directory.resolve("bench.p12");
        generate(directory, file);
        try {
            KeyStore store = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
            return new Tls(
                    write(
                            directory.resolve("certificate.pem"),
                            "CERTIFICATE",
                            store.getCertificate(ALIAS).getEncoded()),
                    write(
                            directory.resolve("key.pem"),
                            "PRIVATE KEY",
                            store.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded()),
                    trusting(store));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot read the key of keytool", e);
        }
    }

    private static void generate(Path directory, Path file) {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                file.toString());
        try (ChildProcess keytool = ChildProcess.start("keytool", directory, command, Map.of())) {
            if (!keytool.awaitEnd(LIMIT_SECONDS, TimeUnit.SECONDS) || Files.notExists(file)) {
                throw keytool.failure("made no key");
            }
        }
    }

    private static SSLContext trusting(KeyStore store) throws GeneralSecurityException {
        // The entry of a private key is no trust anchor.
        store.setCertificateEntry("anchor", store.getCertificate(ALIAS));
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    private static Path write(Path file, String kind, byte[] encoded) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
        return Files.writeString(file, "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n".formatted(kind, body));
    }
}
