/** The theme of Mantine: small controls, our colours by variables, and nothing that would need an inline style sheet. */
import {
  Button,
  createTheme,
  defaultVariantColorsResolver,
  Drawer,
  Menu,
  Modal,
  Popover,
  Tooltip,
  type MantineColorsTuple,
} from '@mantine/core';

/** The shades are for what Mantine computes by itself; what is seen comes from mantine.css. */
const accent: MantineColorsTuple = [
  '#e4f1f4',
  '#cfe5ea',
  '#a3d0da',
  '#74bac9',
  '#4bb3cb',
  '#2f98ae',
  '#1b8299',
  '#0f6e84',
  '#0b5c6f',
  '#0b5567',
];

const small = { size: 'xs' } as const;

export const theme = createTheme({
  primaryColor: 'cyan',
  primaryShade: { light: 7, dark: 4 },
  colors: { cyan: accent },
  fontFamily: 'var(--f)',
  fontFamilyMonospace: 'var(--m)',
  defaultRadius: 'var(--r)',
  cursorType: 'pointer',
  respectReducedMotion: true,
  variantColorResolver: (input) => {
    const colors = defaultVariantColorsResolver(input);
    if (input.variant !== 'filled') return colors;
    return { ...colors, color: input.color === 'red' ? 'var(--on-fail)' : 'var(--on-accent)' };
  },
  components: {
    Button: Button.extend({ defaultProps: { size: 'xs', variant: 'default' } }),
    // Locking the scroll of the page is a <style> element; nothing of this page scrolls behind a dialog.
    Modal: Modal.extend({ defaultProps: { lockScroll: false, centered: true, transitionProps: { duration: 100 } } }),
    Drawer: Drawer.extend({ defaultProps: { lockScroll: false, transitionProps: { duration: 100 } } }),
    Popover: Popover.extend({ defaultProps: { transitionProps: { duration: 80 }, shadow: 'md' } }),
    Menu: Menu.extend({ defaultProps: { transitionProps: { duration: 80 }, shadow: 'md' } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 350, transitionProps: { duration: 80 }, multiline: true } }),
    Autocomplete: { defaultProps: small },
    Checkbox: { defaultProps: small },
    Input: { defaultProps: small },
    InputWrapper: { defaultProps: small },
    MultiSelect: { defaultProps: small },
    NumberInput: { defaultProps: small },
    PasswordInput: { defaultProps: small },
    Radio: { defaultProps: small },
    SegmentedControl: { defaultProps: small },
    Select: { defaultProps: small },
    Switch: { defaultProps: small },
    TagsInput: { defaultProps: small },
    Textarea: { defaultProps: small },
    TextInput: { defaultProps: small },
  },
});
