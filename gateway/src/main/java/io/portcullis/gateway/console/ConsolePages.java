package io.portcullis.gateway.console;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.gateway.console.ConsoleFiles.ConsoleFile;
import java.time.Duration;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Serves the console's page and its files, which need no session: they hold no data. The content security policy forbids scripts and
 * styles in the page, texts as markup, and every request to another host.
 */
@OnConsole
@RestController
final class ConsolePages {
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
            + " require-trusted-types-for 'script'; trusted-types lit-html";
    private static final String PERMISSIONS =
            "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()";
    private static final MediaType HTML = MediaType.valueOf("text/html;charset=UTF-8");
    private static final CacheControl FOR_EVER =
            CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable();

    private final ConsoleFiles files;

    ConsolePages(ConsoleFiles files) {
        this.files = files;
    }

    /** Answers with the page, which no cache may store: it names the version of the files. */
    @GetMapping({"/console", "/console/"})
    Mono<ResponseEntity<String>> page(ServerWebExchange exchange) {
        String base = exchange.getRequest().getPath().contextPath().value();
        return Mono.just(response(CacheControl.noStore(), HTML).body(files.page(base)));
    }

    /**
     * Answers with a file. Caches keep it if the version is this node's. During an update, another node may have served the page; then the
     * file of this node is the best answer, and no cache may store it.
     */
    @GetMapping("/console/files/{version}/{*name}")
    Mono<ResponseEntity<byte[]>> file(@PathVariable String version, @PathVariable String name) {
        ConsoleFile file = files.find(name.substring(1));
        if (file == null) {
            return notFound();
        }
        CacheControl caching = version.equals(files.version()) ? FOR_EVER : CacheControl.noStore();
        return Mono.just(response(caching, file.type()).body(file.content()));
    }

    /** Keeps every other path below {@code /console} from the routes. */
    @GetMapping("/console/**")
    <T> Mono<T> notFound() {
        return Mono.error(PortcullisException.of(ErrorCode.NOT_FOUND));
    }

    private static ResponseEntity.BodyBuilder response(CacheControl caching, MediaType type) {
        return ResponseEntity.status(HttpStatus.OK)
                .cacheControl(caching)
                .contentType(type)
                .header("Content-Security-Policy", POLICY)
                .header("X-Content-Type-Options", "nosniff")
                .header("X-Frame-Options", "DENY")
                .header("Referrer-Policy", "no-referrer")
                .header("Cross-Origin-Opener-Policy", "same-origin")
                .header("Cross-Origin-Resource-Policy", "same-origin")
                .header("Permissions-Policy", PERMISSIONS);
    }
}
