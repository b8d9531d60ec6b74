//! From SVG to pixels.

use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{ImageHrefResolver, Options, Tree};

use super::letters::fonts;
use crate::platform::error::{Error, Result};

/// What a picture is made of. Nothing is fetched and no file is opened: whatever it names is not there.
pub fn tree(svg: &str) -> Result<Tree> {
    let options = Options {
        fontdb: fonts(),
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, _: Arc<Vec<u8>>, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    Tree::from_str(svg, &options).map_err(Error::fault)
}

/// The picture as PNG, as large as it says it is.
pub fn png(svg: &str) -> Result<Vec<u8>> {
    let tree = tree(svg)?;
    let size = tree.size().to_int_size();
    let pixels = Pixmap::new(size.width(), size.height());
    let mut pixels = pixels.ok_or_else(|| Error::fault("a picture has no pixels"))?;
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    pixels.encode_png().map_err(Error::fault)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::charts::drawing::svg;
    use crate::metrics::charts::layout::Size;
    use crate::metrics::charts::samples;

    #[test]
    fn a_picture_is_as_large_as_was_asked() {
        for (width, height) in [(320, 200), (961, 481), (2000, 600)] {
            let drawn = svg(&samples::whole("nl"), Size { width, height }).unwrap().unwrap();
            let pixels = Pixmap::decode_png(&png(&drawn).unwrap()).unwrap();
            assert_eq!((pixels.width(), pixels.height()), (width, height));
            // Some ink, and mostly paper.
            let dark = pixels.pixels().iter().filter(|pixel| pixel.red() < 128).count();
            assert!(dark > 500 && dark < pixels.pixels().len() / 8, "{dark}");
        }
    }
}
