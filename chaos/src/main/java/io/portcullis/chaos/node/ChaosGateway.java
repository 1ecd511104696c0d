package io.portcullis.chaos.node;

import io.portcullis.gateway.GatewayApplication;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.springframework.boot.builder.SpringApplicationBuilder;

/**
 * Runs a gateway node for the harness, with an adjustable clock and, if {@code --chaos.sabotage} is set, with one deliberately
 * broken property. The process reads commands from standard input, and ends when standard input ends, so that it cannot outlive
 * the harness.
 *
 * <pre>
 * clock 5000    sets the clock five seconds ahead of the system clock
 * </pre>
 */
public final class ChaosGateway {
    private ChaosGateway() {}

    public static void main(String[] args) {
        Thread commands = new Thread(ChaosGateway::runCommands, "chaos-commands");
        commands.setDaemon(true);
        commands.start();
        var unused = new SpringApplicationBuilder(
                        GatewayApplication.class,
                        ClockConfiguration.class,
                        PasswordConfiguration.class,
                        SabotageConfiguration.class)
                .run(args);
    }

    private static void runCommands() {
        try (var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            for (String line; (line = input.readLine()) != null; ) {
                if (line.startsWith("clock ")) {
                    ClockConfiguration.CLOCK.shift(
                            Duration.ofMillis(Long.parseLong(line.substring("clock ".length()))));
                }
            }
        } catch (IOException e) {
            // An error ends the process just as the end of the input does.
        }
        Runtime.getRuntime().halt(0);
    }
}
