package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * Runs h2spec, a conformance test of HTTP/2 and HPACK with 146 cases, against a node. The program is in a jar of the test class path, for
 * Linux on amd64 alone.
 */
@Timeout(300)
@Tag("database-independent")
class H2SpecIT {
    private static final String ARCHIVE = "/h2spec/2.2.0/h2spec_linux_amd64.tar.gz";
    private static final int CASES = 146;
    /**
     * The cases that fail in Netty's codec, before any code of the gateway. Netty excludes the same ones from its own run
     * (https://github.com/netty/netty/issues/13630). In each of them the frame has no effect but an error code or an ignored frame other
     * than the expected one: a second HEADERS frame after the end of a request is a stream error with PROTOCOL_ERROR in place of
     * STREAM_CLOSED, and HEADERS on a stream that is closed are a stream error or ignored in place of a connection error.
     */
    private static final Set<String> FAILING_IN_NETTY = Set.of(
            "http2/5.1: half closed (remote): Sends a HEADERS frame",
            "http2/5.1: closed: Sends a HEADERS frame",
            "http2/5.1.1: Sends stream identifier that is numerically smaller than previous");

    private static final int BLOCK = 512;

    @TempDir
    static Path directory;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void specificationWhenTestedThenOnlyTheKnownCasesFail(boolean tls) throws Exception {
        assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                "h2spec is available for Linux on amd64 alone");
        List<String> arguments = new ArrayList<>(tls ? TestKeys.arguments() : List.of());
        arguments.add("--server.http2.enabled=true");
        Path report = directory.resolve(tls + ".xml");
        try (GatewayNode node = GatewayNode.start(arguments.toArray(String[]::new))) {
            run(node, tls, report);
        }

        List<Element> cases = casesOf(report);
        assertThat(cases).hasSize(CASES);
        assertThat(failing(cases)).isEqualTo(new TreeSet<>(FAILING_IN_NETTY));
    }

    private static void run(GatewayNode node, boolean tls, Path report) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                program().toString(),
                "--strict",
                "--host=localhost",
                "--port=" + node.uri("/").getPort(),
                "--path=/public/echo/a",
                "--timeout=5",
                "--junit-report=" + report));
        if (tls) {
            command.addAll(List.of("--tls", "--insecure"));
        }
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(tls + ".txt").toFile())
                .start();
        assertThat(process.waitFor(200, TimeUnit.SECONDS)).as("h2spec ends").isTrue();
    }

    /** Unpacks the program, the only file of its archive. */
    private static Path program() throws IOException {
        Path program = directory.resolve("h2spec");
        if (Files.exists(program)) {
            return program;
        }
        try (InputStream packed = H2SpecIT.class.getResourceAsStream(ARCHIVE);
                InputStream tar = new GZIPInputStream(packed)) {
            String header = new String(tar.readNBytes(BLOCK), java.nio.charset.StandardCharsets.ISO_8859_1);
            int size = Integer.parseInt(header.substring(124, 135).strip(), 8);
            Files.write(program, tar.readNBytes(size));
        }
        assertThat(program.toFile().setExecutable(true)).isTrue();
        return program;
    }

    private static List<Element> casesOf(Path report) throws Exception {
        NodeList found = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(report.toFile())
                .getElementsByTagName("testcase");
        List<Element> cases = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            cases.add((Element) found.item(i));
        }
        return cases;
    }

    private static Set<String> failing(List<Element> cases) {
        Set<String> failing = new TreeSet<>();
        for (Element each : cases) {
            if (each.getElementsByTagName("failure").getLength() > 0
                    || each.getElementsByTagName("error").getLength() > 0) {
                Node name = each.getAttributeNode("classname");
                failing.add(each.getAttribute("package") + ": " + name.getNodeValue());
            }
        }
        return failing;
    }
}
