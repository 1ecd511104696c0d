package io.portcullis.quickstart;

import io.portcullis.gateway.GatewayApplication;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Runs the gateway with everything that it needs. For trying out only: its passwords are in the README. */
public final class QuickStart {
    private QuickStart() {}

    public static void main(String[] args) {
        EmbeddedServers servers = EmbeddedServers.start();
        try {
            ConfigurableApplicationContext gateway = run(servers, args);
            System.out.println(banner(gateway.getEnvironment().getProperty("local.server.port", "8080")));
        } catch (RuntimeException e) {
            servers.close();
            throw e;
        }
    }

    private static ConfigurableApplicationContext run(EmbeddedServers servers, String[] args) {
        List<String> arguments = new ArrayList<>(servers.toArguments());
        arguments.add("--portcullis.bootstrap-admin.username=admin");
        arguments.add("--portcullis.bootstrap-admin.password=admin-demo-pass");
        if (!Files.exists(Path.of("config", "application.yaml"))) {
            arguments.add("--spring.config.additional-location=classpath:/quickstart-config/");
        }
        arguments.addAll(Arrays.asList(args));
        return new SpringApplicationBuilder(GatewayApplication.class, SampleAccounts.class)
                .initializers(gateway -> stopWith(gateway, servers))
                .run(arguments.toArray(String[]::new));
    }

    private static String banner(String port) {
        String base = "http://localhost:" + port;
        return """

                Portcullis is ready on %1$s (for trying out only: the passwords are public)

                  curl -s %1$s/system/auth/login -H 'Content-Type: application/json' \\
                    -d '{"username":"alice","password":"alice-demo-pass"}'
                  curl -s %1$s/api/echo/hello -H "Authorization: Bearer $ACCESS"
                  curl -s %1$s/system/auth/refresh-token -d "refreshToken=$REFRESH"
                  curl -s -X POST %1$s/system/auth/logout -H "Authorization: Bearer $ACCESS"

                The administrator is admin / admin-demo-pass.
                """.formatted(base);
    }

    /** What was registered first is destroyed last: the beans need the servers until their own end. */
    private static void stopWith(ConfigurableApplicationContext gateway, EmbeddedServers servers) {
        if (gateway.getBeanFactory() instanceof DefaultSingletonBeanRegistry beans) {
            beans.registerDisposableBean("embeddedServers", servers::close);
        }
    }
}
