//! Lists of things that are answered at once: no task waits for each field of each thing.
//!
//! The library's executor makes a boxed future for every field. For the hundreds of fields of an edition that is most of
//! the work, though none of them waits for anything: the text is at hand. So such a list walks its selection itself. It
//! asks each field by the very resolver that the schema was made of, polls it once, and writes what it says as JSON.
//!
//! One rule keeps that the same as the ordinary way: whatever is not ready at once, is an error, or is selected in a way
//! not treated here is left to the ordinary way, from the beginning of the list. A property test compares the two.
//!
//! ```text
//! Subtrees ── every field ready? ── yes ──> JSON, as one raw value
//!                      └── no ──> the library's executor
//! ```

use std::{
    borrow::Cow,
    cell::Cell,
    pin::pin,
    task::{Context as TaskContext, Poll, Waker},
};

use async_graphql::{
    ContainerType, ContextSelectionSet, Name, OutputType, Positioned, ServerResult, Value,
    indexmap::IndexMap,
    parser::types::{ExecutableDocument, Field, Selection, SelectionSet},
    registry::Registry,
};
use futures_util::future::BoxFuture;

use super::json::{self, RAW};

/// Says of a request that its lists may be answered at once. Found in its data.
pub(super) struct AtOnce;

impl AtOnce {
    /// Whether it holds for a document. If a name of an answer is selected twice in one place, what comes of the two has
    /// to be merged, which cannot be done with what is written already.
    pub(super) fn holds_for(document: &ExecutableDocument) -> bool {
        document.operations.iter().all(|(_, operation)| has_no_twins(document, &operation.node.selection_set.node))
    }
}

fn has_no_twins(document: &ExecutableDocument, set: &SelectionSet) -> bool {
    let mut fields = Vec::new();
    gather(document, set, &mut fields);
    let mut names: Vec<&str> = fields.iter().map(|field| field.response_key().node.as_str()).collect();
    names.sort_unstable();
    let are_twins = names.windows(2).any(|pair| matches!(pair, [one, other] if one == other));
    !are_twins && fields.iter().all(|field| has_no_twins(document, &field.selection_set.node))
}

/// The fields of a selection set with all fragments in place, whatever types these are for. The guard has bounded how many
/// that are.
fn gather<'a>(document: &'a ExecutableDocument, set: &'a SelectionSet, fields: &mut Vec<&'a Field>) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => fields.push(&field.node),
            Selection::InlineFragment(inline) => gather(document, &inline.node.selection_set.node, fields),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    gather(document, &fragment.node.selection_set.node, fields);
                }
            }
        }
    }
}

/// A list, `[T!]!` in the schema.
#[derive(Clone, Debug)]
pub struct Subtrees<T>(pub Vec<T>);

impl<T: ContainerType + 'static> OutputType for Subtrees<T> {
    fn type_name() -> Cow<'static, str> {
        <Vec<T> as OutputType>::type_name()
    }

    fn qualified_type_name() -> String {
        <Vec<T> as OutputType>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <Vec<T> as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        if ctx.data_opt::<AtOnce>().is_some()
            && let Some(json) = at_once(ctx, &self.0)
        {
            return Ok(Value::Object(IndexMap::from_iter([(Name::new(RAW), Value::String(json))])));
        }
        let one_by_one: BoxFuture<'_, ServerResult<Value>> = Box::pin(OutputType::resolve(&self.0, ctx, field));
        one_by_one.await
    }
}

/// The least that is left of the stack, in bytes, when a field is asked, and how large another one is: room for whatever is
/// answered in the ordinary way below the field, as deep as the guard lets a request be. Without optimisation a level
/// takes some hundred kilobytes.
const STACK_LEFT: usize = if cfg!(debug_assertions) { 4 * 1024 * 1024 } else { 512 * 1024 };
const STACK_MORE: usize = 8 * 1024 * 1024;

/// How deep such lists are answered at once inside one another: the recommendations of the sections of an edition. Each
/// level takes room on the stack, where the ordinary way takes it from the heap.
const NESTING_MAX: usize = 2;

thread_local! {
    /// How many lists are being answered at once on this thread, one inside the other: nothing waits in between.
    static NESTING: Cell<usize> = const { Cell::new(0) };
}

/// A level of nesting, while it lasts.
struct Level;

impl Level {
    fn enter() -> Option<Self> {
        NESTING.with(|nesting| {
            let is_free = nesting.get() < NESTING_MAX;
            is_free.then(|| {
                nesting.set(nesting.get() + 1);
                Self
            })
        })
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        NESTING.with(|nesting| nesting.set(nesting.get() - 1));
    }
}

/// The whole list as JSON, if it can be had at once.
fn at_once<T: ContainerType>(ctx: &ContextSelectionSet<'_>, items: &[T]) -> Option<String> {
    let _level = Level::enter()?;
    let count_errors = || ctx.query_env.errors.lock().map(|errors| errors.len()).ok();
    let errors_before = count_errors()?;
    let mut out = String::with_capacity(512);
    out.push('[');
    let is_written = items.iter().enumerate().all(|(at, item)| {
        if at > 0 {
            out.push(',');
        }
        out.push('{');
        let fields = Fields { out: &mut out, is_first: true }.write(&ctx.with_index(at), item);
        out.push('}');
        if at == 0 {
            // The others are likely to be as long.
            out.reserve(out.len() * (items.len() - 1));
        }
        fields.is_some()
    });
    out.push(']');
    // What a field complained of is told by the ordinary way once more, in its own order.
    if is_written && count_errors()? == errors_before {
        return Some(out);
    }
    if let Ok(mut errors) = ctx.query_env.errors.lock() {
        errors.truncate(errors_before);
    }
    None
}

/// The fields of one object, on their way into `out`.
struct Fields<'o> {
    out: &'o mut String,
    is_first: bool,
}

impl Fields<'_> {
    /// Writes what is selected of `item`; `None` if that cannot be had at once.
    fn write<T: ContainerType>(&mut self, ctx: &ContextSelectionSet<'_>, item: &T) -> Option<()> {
        for selection in &ctx.item.node.items {
            match &selection.node {
                Selection::Field(field) => self.field(ctx, field, item)?,
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref().map(|condition| &condition.node.on.node);
                    is_of::<T>(condition)?;
                    self.write(&ctx.with_selection_set(&inline.node.selection_set), item)?;
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = ctx.query_env.fragments.get(&spread.node.fragment_name.node)?;
                    is_of::<T>(Some(&fragment.node.type_condition.node.on.node))?;
                    self.write(&ctx.with_selection_set(&fragment.node.selection_set), item)?;
                }
            }
        }
        Some(())
    }

    // Out of line, so that only one field's future lies on the stack.
    #[inline(never)]
    fn field<T: ContainerType>(
        &mut self,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
        item: &T,
    ) -> Option<()> {
        if !field.node.directives.is_empty() {
            return None;
        }
        if !std::mem::take(&mut self.is_first) {
            self.out.push(',');
        }
        json::write_text(self.out, &field.node.response_key().node);
        self.out.push(':');
        if field.node.name.node == "__typename" {
            json::write_text(self.out, &item.introspection_type_name());
            return Some(());
        }
        let ctx = ctx.with_field(field);
        // The ordinary way takes room for a field from the heap. Here there is always some on the stack, or another one.
        let value = stacker::maybe_grow(STACK_LEFT, STACK_MORE, || {
            match pin!(item.resolve_field(&ctx)).poll(&mut TaskContext::from_waker(Waker::noop())) {
                Poll::Ready(Ok(value)) => Some(value.unwrap_or_default()),
                Poll::Ready(Err(_)) | Poll::Pending => None,
            }
        })?;
        json::write(self.out, &value);
        Some(())
    }
}

/// Whether a fragment is for exactly this type. One for another, or for an interface, is not treated here.
fn is_of<T: ContainerType>(condition: Option<&Name>) -> Option<()> {
    condition.is_none_or(|condition| *condition == *T::type_name()).then_some(())
}
