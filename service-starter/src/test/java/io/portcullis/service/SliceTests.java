package io.portcullis.service;

import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.portcullis.service.test.WithPortcullisUser;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.test.web.servlet.MockMvc;

/** Tests that Spring Boot's test slices secure a service as it is secured when it runs. */
@WebMvcTest(
        controllers = TestService.Endpoints.class,
        properties = {
            "portcullis.service.jwk-set-uri=http://127.0.0.1:1/.well-known/jwks.json",
            "portcullis.service.audience=orders"
        })
class SliceTests {
    @Autowired
    @SuppressWarnings("NullAway.Init")
    private MockMvc mvc;

    @Test
    @WithPortcullisUser
    void changeWhenTheTestHasAUserThenItNeedsNoCsrfToken() throws Exception {
        mvc.perform(post("/who")).andExpect(status().isOk());
    }

    @Test
    void requestWhenAnonymousThenRefused() throws Exception {
        mvc.perform(get("/who")).andExpect(status().isUnauthorized());
    }
}
