package io.portcullis.gateway.console;

import io.portcullis.gateway.authentication.ClientInfoResolver;
import io.portcullis.gateway.cookie.ConsoleCookies;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Creates the console's filters and loads its files, unless the console is disabled. */
@OnConsole
@Configuration(proxyBeanMethods = false)
class ConsoleConfiguration {
    @Bean
    ConsolePathWebFilter consolePathWebFilter() {
        return new ConsolePathWebFilter();
    }

    @Bean
    ConsoleAuthenticationWebFilter consoleAuthenticationWebFilter(ConsoleCookies cookies, ClientInfoResolver clients) {
        return new ConsoleAuthenticationWebFilter(cookies, clients);
    }

    @Bean
    ConsoleFiles consoleFiles() {
        return ConsoleFiles.load();
    }
}
