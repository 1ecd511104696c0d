package io.portcullis.testbed;

import java.util.List;

/** Time limits with which tests start a gateway. */
public final class GatewayTimeLimits {
    private GatewayTimeLimits() {}

    /**
     * Returns command-line arguments for a gateway on a machine that also runs other tests: a slow machine must not count
     * as a failure of MySQL.
     */
    public static List<String> ofBusyMachine() {
        return List.of(
                "--portcullis.mysql.check-timeout=2s",
                "--portcullis.mysql.validation-timeout=2s",
                "--portcullis.mysql.acquire-timeout=10s",
                "--portcullis.mysql.connect-timeout=10s");
    }
}
