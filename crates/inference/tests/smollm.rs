//! The in-process engine with a real model, the smallest there is.

use inhouse_inference::{
    Chunk, Engine, FinishReason, GgufModel, InferenceError, Message, MistralRs, Request,
    TaskProfile,
};
use std::path::PathBuf;
use std::time::Instant;
use tokio_stream::StreamExt;

fn model_file() -> PathBuf {
    let models = std::env::var_os("INHOUSE_MODELS").map_or_else(
        || {
            let cache = std::env::var_os("XDG_CACHE_HOME").map_or_else(
                || {
                    PathBuf::from(std::env::var_os("HOME").expect("there is a home folder"))
                        .join(".cache")
                },
                PathBuf::from,
            );
            cache.join("inhouse/models")
        },
        PathBuf::from,
    );
    models.join("answer/smollm2-135m-instruct-q4_1.gguf")
}

async fn load(cache_bytes: u64) -> MistralRs {
    let model = GgufModel {
        cache_bytes,
        ..GgufModel::on_cpu("smollm2-135m", model_file())
    };
    MistralRs::load(&model)
        .await
        .expect("the model loads: `make models` fetches it")
}

fn ask(question: &str, max_tokens: u32) -> Request {
    Request {
        messages: vec![
            Message::system("You answer in few words."),
            Message::user(question),
        ],
        profile: TaskProfile {
            temperature: 0.0,
            max_tokens,
            ..TaskProfile::answer()
        },
    }
}

/// One test, so that the model is loaded once and its runs don't share the cores.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_model_answers_stops_and_is_metered() {
    let engine = load(1 << 30).await;
    assert_eq!(engine.info().model, "smollm2-135m");
    engine.check().await.unwrap();

    // It writes, counts, and writes the same again at temperature 0.
    let question = "What is the capital of France?";
    let (text, usage) = engine
        .generate(ask(question, 12))
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(text.contains("Paris"), "{text}");
    assert!(usage.prompt_tokens > 15, "{usage:?}");
    assert!((1..=12).contains(&usage.completion_tokens), "{usage:?}");
    let (again, again_usage) = engine
        .generate(ask(question, 12))
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert_eq!((again, again_usage), (text, usage));

    // A limit on tokens is kept and named.
    let (_, usage) = engine
        .generate(ask("Count from one to fifty.", 3))
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert_eq!(usage.finish, FinishReason::Length);
    assert_eq!(usage.completion_tokens, 3);

    // A stop text ends it and is not passed on.
    let mut request = ask(question, 24);
    request.profile.stop = vec!["Paris".to_owned()];
    let (text, usage) = engine
        .generate(request)
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(!text.contains("Paris"), "{text}");
    assert_eq!(usage.finish, FinishReason::Stop);

    // What is dropped stops: the next generation doesn't wait for its 600 tokens.
    let story = "Write a long story about a lighthouse keeper.";
    let forty = Instant::now();
    let (_, usage) = engine
        .generate(ask(story, 40))
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let forty = forty.elapsed();
    assert_eq!(usage.completion_tokens, 40);
    let mut generation = engine.generate(ask(story, 600)).await.unwrap();
    for _ in 0..6 {
        generation.next().await.unwrap().unwrap();
    }
    let so_far = generation.usage();
    assert_eq!(so_far.finish, FinishReason::Cancelled);
    assert!(so_far.completion_tokens >= 6, "{so_far:?}");
    assert_eq!(so_far.prompt_tokens, usage.prompt_tokens);
    drop(generation);
    let next = Instant::now();
    engine
        .generate(ask(question, 2))
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        next.elapsed() < forty * 5,
        "the dropped generation went on: {:?} for two tokens, {forty:?} for forty before",
        next.elapsed()
    );

    // A prompt beyond the model's context is refused, and the engine lives on.
    let refused = engine
        .generate(ask(&"word ".repeat(12_000), 2))
        .await
        .unwrap()
        .text()
        .await;
    assert!(
        matches!(refused, Err(InferenceError::Failed(_))),
        "{refused:?}"
    );
    engine.check().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn caches_beyond_the_limit_are_let_go_and_the_engine_goes_on() {
    let engine = load(1).await;
    engine
        .prepare(&[Message::system("You answer in few words.")])
        .await
        .unwrap();
    assert!(engine.cached_bytes() > 0);
    for _ in 0..3 {
        let mut generation = engine
            .generate(ask("What is the capital of France?", 8))
            .await
            .unwrap();
        let mut text = String::new();
        while let Some(chunk) = generation.next().await {
            match chunk.unwrap() {
                Chunk::Text(piece) => text.push_str(&piece),
                Chunk::Done(usage) => assert!(usage.completion_tokens > 0),
            }
        }
        assert!(text.contains("Paris"), "{text}");
    }
    // One token is one token, also from a fresh runner.
    let (_, usage) = engine
        .generate(ask("What is the capital of Italy?", 1))
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert_eq!(usage.completion_tokens, 1);
}

#[tokio::test]
async fn a_missing_model_is_named_with_how_to_get_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("absent.gguf");
    let error = MistralRs::load(&GgufModel::on_cpu("absent", &path))
        .await
        .err()
        .unwrap();
    assert!(
        matches!(error, InferenceError::ModelMissing { .. }),
        "{error}"
    );
    let text = error.to_string();
    assert!(
        text.contains("absent.gguf") && text.contains("make models"),
        "{text}"
    );
}

#[tokio::test]
async fn a_file_that_is_no_model_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [
        ("short.gguf", "GG"),
        ("page.gguf", "<html>not a model</html>"),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let error = MistralRs::load(&GgufModel::on_cpu("broken", &path))
            .await
            .err()
            .unwrap();
        assert!(error.to_string().contains("not a GGUF file"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_is_cut_off_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.gguf");
    let whole = std::fs::read(model_file()).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 50]).unwrap();
    let error = MistralRs::load(&GgufModel::on_cpu("cut", &path))
        .await
        .err();
    assert!(
        matches!(error, Some(InferenceError::Load { .. })),
        "{error:?}"
    );
}
